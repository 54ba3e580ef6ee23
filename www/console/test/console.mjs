// The console as an administrator uses it: a real host, real Chromium, nothing made up.
//   node www/console/test/console.mjs RIEGEL
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The widget has the same needs, and a lock file for them.
const require = createRequire(new URL("../../widget/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const riegel = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), "riegel-console-"));
mkdirSync(join(folder, "policies"));
const policies = join(folder, "policies");
copyFileSync(new URL("../../../tests/edge/demo.riegel", import.meta.url), join(policies, "demo.riegel"));
const host = spawn(riegel, ["serve", "--listen", "127.0.0.1:0", policies], { stdio: ["ignore", "pipe", "ignore"] });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
try {
  const base = await new Promise((resolve, reject) => {
    host.stdout.once("data", (text) => resolve(String(text).match(/http:\/\/[^/]+/)[0]));
    host.once("exit", () => reject(new Error("the host did not start")));
  });
  const key = (...grants) => execFileSync(riegel, ["api-key", policies, "--name", "test", ...grants.flatMap((grant) => ["--grant", grant])], { encoding: "utf8" }).trim();
  const everything = key("*:administrator", "*:approver");
  const program = key("demo:decide");
  const post = (path, body) => fetch(base + path, { method: "POST", headers: { authorization: `Bearer ${program}`, "content-type": "application/json" }, body: JSON.stringify(body) });
  const event = (content) => ({ action: "paste", user: { id: "u-1" }, "destination.host": "chat.example", content });
  for (let i = 0; i < 3; i++) assert.equal((await post("/v1/tenants/demo/decide", event("stopp"))).status, 200);
  const author = key("demo:author");
  const second = readFileSync(join(policies, "demo.riegel"), "utf8").replace("1.0.0", "2.0.0").replace('"stopp"', '"halt"').replace("rule ask", "rule asks");
  const given = await fetch(`${base}/v1/tenants/demo/versions`, { method: "POST", headers: { authorization: `Bearer ${author}` }, body: second });
  assert.equal(given.status, 201);
  const recorded = join(folder, "week.jsonl");
  writeFileSync(recorded, ["stopp", "halt", "gut"].map((content) => JSON.stringify(event(content))).join("\n") + "\nkeines\n");
  const secret = "<img src=x onerror=alert(1)> frag: Projekt Nordwind";
  assert.equal((await post("/v1/tenants/demo/approvals?excerpt=true", event(secret))).status, 201);

  for (const [language, words] of [
    ["de", { enter: "Anmelden", title: "Freigaben", excerpt: "Auszug ansehen", approve: "Freigeben", state: "freigegeben", check: "Jetzt prüfen", intact: "Unversehrt", compare: "Was ändert sich?", changed: "neu: asks", simulated: "3 Ereignisse: 1 strenger, 1 milder, 1 gleich", trainings: "Schulungen" }],
    ["en", { enter: "Sign in", title: "Approvals", excerpt: null, approve: null, state: "approved", check: "Check now", intact: "Intact", compare: "What changes?", changed: "new: asks", simulated: "3 events: 1 stricter, 1 milder, 1 the same", trainings: "Trainings" }],
  ]) {
    const context = await browser.newContext({ locale: language === "de" ? "de-DE" : "en-GB", viewport: { width: 1100, height: 900 } });
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && !message.text().includes("401") && errors.push(message.text()));
    page.on("dialog", (dialog) => errors.push(dialog.message()));
    await page.goto(base);
    await page.fill("#key", "rgl_000000000000_" + "0".repeat(64));
    await page.click("#enter button");
    await page.waitForFunction(() => document.querySelector("#state").textContent !== "");
    assert.ok(await page.isVisible("#enter"), "a wrong key opens nothing");
    await page.fill("#key", everything);
    await page.click(`#enter button:has-text("${words.enter}")`);
    await page.waitForSelector(`h2:has-text("${words.title}")`);
    const text = await page.textContent("#pages");
    assert.match(text, /stop\s*3/, "rules and how often");
    assert.ok(!text.includes("Nordwind"), "content is on the page");
    if (words.excerpt) {
      await page.click(`button:has-text("${words.excerpt}")`);
      await page.waitForSelector("pre");
      assert.match(await page.textContent("pre"), /<img src=x onerror=alert\(1\)>/, "shown as text");
      await page.click(`button:has-text("${words.approve}")`);
    }
    await page.waitForSelector(`td:has-text("${words.state}")`);
    await page.click(`button:has-text("${words.compare}")`);
    await page.waitForSelector(`p:has-text("${words.changed}")`);
    await page.setInputFiles("input[type=file]", recorded);
    await page.waitForSelector(`p:has-text("${words.simulated}")`);
    assert.ok(await page.isVisible(`h2:has-text("${words.trainings}")`));
    await page.click(`button:has-text("${words.check}")`);
    await page.waitForSelector(`p.good:has-text("${words.intact}")`);
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      // Its own policy lets nothing in; axe comes by the debugger.
      await (await context.newCDPSession(page)).send("Page.setBypassCSP", { enabled: true });
      const found = await page.evaluate(`${axe}; axe.run().then((result) => result.violations.map((v) => v.id + ": " + v.nodes[0].html))`);
      assert.deepEqual(found, [], `${language}, ${scheme}`);
    }
    await page.setViewportSize({ width: 360, height: 700 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than a phone");
    if (process.env.SHOT) await page.screenshot({ path: `${process.env.SHOT}-${language}.png`, fullPage: true });
    await page.reload();
    assert.ok(await page.isVisible("#enter"), "the key is kept nowhere");
    assert.deepEqual(errors, []);
    await context.close();
    console.log(`  console: ${language}`);
  }
} finally {
  await browser.close();
  host.kill();
  rmSync(folder, { recursive: true, force: true });
}
