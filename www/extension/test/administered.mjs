// Policies from the company's own address, through the browsers' real policy files: installed,
// renewed, refused for a bad signature, for being old, for being broken, and with the server away.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SETTINGS } from "./cases.mjs";
import { administer } from "./policies.mjs";
import { serve } from "./servers.mjs";
import { until, wait } from "./support.mjs";

const riegel = process.env.RIEGEL ?? "riegel";
const folder = mkdtempSync(join(tmpdir(), "riegel-signed-"));
const at = (name) => join(folder, name);
const run = (...args) => execFileSync(riegel, args, { stdio: ["ignore", "ignore", "inherit"] });

/** A policy that stops one word. */
function policy(name, version, word, key = "company.key") {
  writeFileSync(at(`${name}.riegel`), `policy muster_haus "Muster-Pumpen" {
  version   "${version}"
  languages de, en
  review by 2027-06-30
}

use lib.event

rule project_name {
  when action != response and content contains "${word}"
  then block
  cite "GeschGehG § 2 Nr. 1"
  say  { de "Das Wort ${word} bleibt im Haus." en "The word ${word} stays in-house." }
  hint { de "Nehmen Sie einen Decknamen." en "Use a cover name." }
}

rule counted {
  when action = paste and content contains "Zaunkönig"
  then log
  cite "GeschGehG § 2 Nr. 1"
}

test "the word stays" {
  given  action = paste, destination.host = "chat.muster-ki.example"
  text   "Was kostet ${word}?"
  expect block by project_name
}
`);
  run("build", at(`${name}.riegel`), "-o", at(`${name}.wasm`));
  if (key) run("sign", at(`${name}.wasm`), "--key", at(key));
  return readFileSync(at(`${name}.wasm`));
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const pair = generateKeyPairSync("ed25519");
const publicKey = Buffer.concat([Buffer.from([1]), pair.publicKey.export({ type: "spki", format: "der" }).subarray(-32)]);

/** Signs whatever it is given (docs/signing.md, To the byte). */
function signed(module) {
  const rest = module.subarray(8);
  const hash = sha256(rest);
  const signature = sign(null, Buffer.concat([Buffer.from("wasmsig\x01\x01\x01"), hash]), pair.privateKey);
  const section = Buffer.concat([Buffer.from("\tsignature"), Buffer.from([1, 1, 1, 1, 1]), hash, Buffer.from([1, 16]), sha256(publicKey).subarray(0, 16), Buffer.from([1, 64]), signature]);
  return Buffer.concat([module.subarray(0, 8), Buffer.from([0, (section.length & 127) | 128, section.length >> 7]), section, rest]);
}

export function administered(name, start) {
  let servers;
  let served;
  /** How often the address was asked. */
  let asked = 0;
  let browser;
  const profile = mkdtempSync(join(tmpdir(), "riegel-profile-"));
  const modules = {};
  const open = async () => {
    // Chromium keeps its profile, so what was fetched outlives a restart; so does what an administrator set.
    browser = await start({ build: `${name}-managed`, ...(name === "chromium" && { folder: profile }) });
    await browser.administered();
  };
  const stops = async (word) => {
    const tab = await browser.open(servers.at("/chat?editor=textarea"));
    try {
      await tab.see("focusField()");
      await tab.paste(`Was kostet ${word}?`);
      const dialog = await tab.asked(1200).catch(() => undefined);
      return dialog?.text.includes(`Das Wort ${word} bleibt im Haus`) ?? false;
    } finally {
      await tab.close();
    }
  };
  /** Renews as the timer does, and says what the options page says. */
  const renew = async () => {
    if (name === "firefox") {
      // The options page cannot be driven in Firefox: the extension is installed over itself, and asks
      // as it starts. What it was given then is known by what holds.
      const before = asked;
      await browser.again();
      await until(() => asked > before, "the address was asked", 15_000);
      await wait(500);
      return undefined;
    }
    const tab = await browser.open(`${browser.base}options.html`, { ready: false });
    const overview = await tab.see(`chrome.runtime.sendMessage({ admin: "update" }).then(() => chrome.runtime.sendMessage({ admin: "overview" }))`);
    await tab.close();
    return overview.policy;
  };

  before(async () => {
    run("key", at("company.key"), "--signing");
    run("key", at("thief.key"), "--signing");
    modules.first = policy("first", "1.0.0", "Seeadler");
    modules.second = policy("second", "1.1.0", "Kranich");
    modules.foreign = policy("foreign", "2.0.0", "Reiher", "thief.key");
    modules.unsigned = policy("unsigned", "2.0.0", "Reiher", "");
    modules.damaged = Uint8Array.from(modules.second, (byte, i) => (i === modules.second.length - 100 ? byte ^ 1 : byte));
    run("trust", "add", at("trust.json"), at("company.key.pub"), "--name", "Muster-IT");
    const { key } = JSON.parse(readFileSync(at("trust.json"), "utf8")).keys[0];
    servers = await serve();
    served = { bytes: modules.first, status: 200 };
    servers.extra.set("/policy", (request, response) => {
      asked++;
      response.writeHead(served.status, { "content-type": "application/wasm", "cache-control": "no-store" });
      response.end(Buffer.from(served.bytes));
    });
    administer(name, { ...SETTINGS, policy_url: `http://127.0.0.1:${servers.port}/policy`, policy_id: "muster_haus", report_url: `http://127.0.0.1:${servers.port}/api/report`, keys: [{ key, name: "Muster-IT" }, { key: publicKey.toString("hex"), name: "Zweiter Schlüssel" }] });
    await open();
  });
  after(async () => {
    await browser?.close();
    await servers?.close();
    rmSync(profile, { recursive: true, force: true });
  });
  test(`${name}: a signed policy is fetched and holds`, async () => {
    await until(() => stops("Seeadler"), "first policy", 30_000);
  });

  test(`${name}: a newer one takes its place`, async () => {
    served.bytes = modules.second;
    const said = await renew();
    if (said) assert.deepEqual([said.from, said.version, said.problem], ["managed", "1.1.0", undefined]);
    await until(() => stops("Kranich"), "second policy", 15_000);
    assert.equal(await stops("Seeadler"), false);
  });

  for (const [what, module, code] of [
    ["with somebody else's signature", "foreign", "E8003"],
    ["without a signature", "unsigned", "E8001"],
    ["that was changed on the way", "damaged", "E8004"],
    ["that is older", "first", "E8007"],
  ]) {
    test(`${name}: one ${what} is refused, and the good one stays`, async () => {
      served.bytes = modules[module];
      const said = await renew();
      if (said) assert.deepEqual([said.from, said.version, said.problem], ["managed", "1.1.0", code]);
      await until(() => stops("Kranich"), "the good one", 15_000);
      for (const word of ["Reiher", "Seeadler"]) assert.equal(await stops(word), false);
    });
  }

  test(`${name}: a module that its engine cannot take is refused, rightly signed as it is`, async () => {
    // `riegel sign` would not sign it, so it is signed here, with a second key that counts.
    const bytes = policy("broken", "3.0.0", "Reiher", "");
    // The self-test's expected answer is another one; the digest is computed anew.
    const marker = bytes.indexOf('"record":"') + 60;
    bytes[marker] = bytes[marker] === 0x30 ? 0x31 : 0x30;
    sha256(bytes.subarray(0, -48)).copy(bytes, bytes.length - 32);
    served.bytes = signed(bytes);
    const said = await renew();
    if (said) assert.deepEqual([said.from, said.version, said.problem], ["managed", "1.1.0", "E2011"]);
    await until(() => stops("Kranich"), "the good one", 15_000);
  });

  if (name === "chromium") {
    test(`${name}: a rule that only counts says nothing, and is recorded by its name`, async () => {
      const tab = await browser.open(servers.at("/chat?editor=textarea"));
      await tab.see("focusField()");
      await tab.paste("Was kostet Zaunkönig?");
      await until(async () => (await tab.see("read()")).includes("Zaunkönig"), "inserted");
      assert.equal(await tab.dialog(), undefined);
      assert.equal(await tab.notes(), "");
      const written = () => browser.worker.evaluate(async () => (await chrome.storage.local.get("journal")).journal?.at(-1));
      await until(async () => (await written())?.verdict === "log", "a line");
      assert.deepEqual((await written()).rules, ["counted"]);
      // Nor does anything kept say when: not even a number that counts milliseconds.
      const kept = await browser.worker.evaluate(async () => JSON.stringify(await chrome.storage.local.get(null)));
      assert.doesNotMatch(kept, new RegExp(`\\b${String(Date.now()).slice(0, 4)}\\d{9}\\b|T\\d\\d:\\d\\d`));
      await tab.close();
    });

    test(`${name}: with the server away, and after a restart, the last good one holds; yesterday is reported without content`, async () => {
      served.status = 503;
      assert.ok(!servers.got.some(({ path }) => path === "/api/report"), "nothing of today is reported");
      const line = { day: "2026-01-02", tenant: "muster-pumpen", department: "", host: "chat.localhost", action: "paste", verdict: "block", rules: ["project_name"], found: {}, choice: "cancel", count: 1 };
      await browser.worker.evaluate((entries) => chrome.storage.local.set({ journal: entries }), [{ ...line, id: 1, reason: "nur hier" }, { ...line, id: 2 }]);
      const said = await renew();
      assert.deepEqual([said.from, said.version, said.problem], ["managed", "1.1.0", "E6001"]);
      await browser.close();
      await open();
      await until(() => stops("Kranich"), "kept policy", 20_000);
      const [report] = await until(() => { const all = servers.got.filter(({ path }) => path === "/api/report"); return all.length && all; }, "report", 20_000);
      assert.deepEqual(JSON.parse(report.text), { format: "riegel-report-1", lines: [{ ...line, count: 2 }] });
    });

    test(`${name}: AI hosts, the company's own too, are closed until the guard works`, async () => {
      for (const host of ["chat.localhost", "ki.localhost"]) {
        const tab = await browser.open(servers.at("/chat?editor=textarea", host));
        const sends = () => tab.see(`fetch("/api/x", { method: "POST", body: "{}" }).then(() => true, () => false)`);
        const posts = async () => {
          servers.got.length = 0;
          await tab.see(`{ const frame = Object.assign(document.createElement("iframe"), { name: "away" }); const form = Object.assign(document.createElement("form"), { method: "post", action: "/api/form", target: "away" }); document.body.append(frame, form); form.submit(); setTimeout(() => { window.posted = true; frame.remove(); form.remove(); }, 400); window.posted = false; 0 }`);
          await until(() => tab.see("posted"), "form");
          return servers.got.some(({ path }) => path === "/api/form");
        };
        assert.deepEqual([await sends(), await posts()], [true, true]);
        // As at the start of the browser, before the guard has said that it works.
        await browser.worker.evaluate(() => chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: [1] }));
        assert.deepEqual([await sends(), await posts()], [false, false]);
        const options = await browser.open(`${browser.base}options.html`, { ready: false });
        await until(() => options.see("document.body.innerText.includes('Riegel arbeitet')"), "health");
        await options.close();
        assert.equal(await sends(), true);
        await tab.close();
      }
    });

    test(`${name}: the page says what is active and who set it, and holds no content`, async () => {
      const tab = await browser.open(`${browser.base}options.html`, { ready: false });
      await until(() => tab.see("document.body.innerText.includes('Muster-Pumpen')"), "page");
      const text = await tab.see("document.body.textContent");
      for (const part of ["Eingerichtet von: Muster-IT", "von der Firma, signiert", "1.1.0", "project_name"]) assert.ok(text.includes(part), part);
      const journal = JSON.stringify(await tab.see(`chrome.storage.local.get(null)`));
      assert.ok(!journal.includes("Kranich?") && !journal.includes("Was kostet"), "no content is kept");
      await tab.close();
    });
  } else {
    test(`${name}: with the server away the last good one holds`, async () => {
      served.status = 503;
      await renew();
      await until(() => stops("Kranich"), "the good one", 15_000);
    });
    test(`${name}: where nothing was kept and the server is away, the careful built-in one holds`, async () => {
      // This driver installs for one session: what was fetched goes with it.
      await browser.close();
      await open();
      assert.equal(await stops("Kranich"), false);
      const tab = await browser.open(servers.at("/chat?editor=textarea"));
      await tab.see("focusField()");
      await tab.paste("Bitte antworte jutta.kranz@werkstatt-sued.de");
      assert.ok((await tab.asked()).buttons.length);
      await tab.close();
    });
    test(`${name}: one with somebody else's signature is not taken as the first one either`, async () => {
      Object.assign(served, { status: 200, bytes: modules.foreign });
      await renew();
      assert.equal(await stops("Reiher"), false);
    });
  }
}
