// What must hold in every browser, on every page, by every way in.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { cases, SAYS, SETTINGS, table } from "./cases.mjs";
import { administer } from "./policies.mjs";
import { serve } from "./servers.mjs";
import { until, wait } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "riegel-files-"));

/** Which address shows a page. */
const address = (servers, page, host) => {
  if (page === "frame") return servers.at(`/frame?host=${host}`, "chat.localhost");
  if (page === "foreign") return servers.at("/frame?host=editor.localhost", host);
  if (page === "strict") return servers.at("/strict?editor=textarea", host);
  return servers.at(`/chat?editor=${page}`, host);
};
const framed = (page) => page === "frame" || page === "foreign";

export function tellTheStory(name, start) {
  let servers;
  let browser;
  const done = [];
  before(async () => {
    administer(name, SETTINGS);
    servers = await serve();
    browser = await start({ build: `${name}-managed` });
    await browser.administered();
    // Own services are guarded once the browser has told the extension of them.
    await until(async () => {
      const tab = await browser.open(servers.at("/chat?editor=textarea", "ki.localhost"));
      await tab.see("focusField()");
      await tab.paste(SAYS.block.text);
      const dialog = await tab.asked(700).catch(() => undefined);
      await tab.close();
      return dialog?.text.includes("Schlüssel");
    }, "settings of the administrator", 30_000);
    // The lesson of day one was read, so that a harmless text goes without a word.
    const tab = await browser.open(servers.at("/chat?editor=textarea", "ki.localhost"));
    await tab.see("focusField()");
    await tab.paste(SAYS.allow.text);
    await until(async () => (await tab.notes()).includes("Kurz gelernt"), "lesson");
    await tab.button("Verstanden", ".note");
    await wait(200);
    await tab.close();
  });
  after(async () => {
    await browser?.close();
    await servers?.close();
  });

  // A drag cannot be driven in Firefox: WebDriver's mouse starts one, and no drop comes.
  const able = new Set(["paste", "enter", "button", "choose", "request", ...(name === "chromium" ? ["drop", "file"] : [])]);
  for (const { page, way, verdict } of cases(able)) {
    test(`${name}: ${page}, ${way}: ${verdict}`, async () => {
      const { host, text, secret } = SAYS[verdict];
      servers.got.length = 0;
      const tab = await browser.open(address(servers, page, host), { frame: framed(page) && "#frame" });
      try {
        await run(tab, page, way, verdict, text, secret);
        assert.deepEqual(tab.errors.filter((error) => !/favicon|Content-Security-Policy/.test(error)), []);
        done.push({ page, way, verdict });
      } finally {
        await tab.close();
      }
    });
  }

  // A test of its own: what is printed after the last one is lost.
  test(`${name}: the table, and no case is missing`, () => {
    console.log(table(name, done));
    assert.equal(done.length, cases(able).length);
  });

  async function run(tab, page, way, verdict, text, secret) {
    const stays = verdict === "approve" || verdict === "block" || (verdict === "redact" && (way === "choose" || way === "file"));
    const asks = stays || verdict === "justify" || verdict === "redact";
    const out = () => tab.see("document.querySelector('output').textContent");
    const written = () => tab.see("read()");
    const reached = () => servers.got.map(({ text }) => text).join();
    await tab.see("focusField()");
    const file = join(folder, `${verdict}.txt`);
    writeFileSync(file, text);
    if (way === "paste") await tab.paste(text);
    if (way === "drop") await tab.drop(text);
    if (way === "file") await tab.dropFile(file);
    if (way === "choose") await tab.choose("#file", file);
    if (way === "request") {
      await tab.type("x");
      await tab.see(`void fetch("/api/own", { method: "POST", body: JSON.stringify({ prompt: ${JSON.stringify(text)} }) }).catch(() => (window.refused = true))`);
    }
    const send = () => (way === "enter" ? tab.press("Enter") : tab.click(page === "form" ? "#submit" : "#send"));
    if (way === "enter" || way === "button") {
      await tab.type(text);
      await wait(60);
      await send();
    }
    if (asks) {
      const dialog = await tab.asked();
      assert.ok(dialog.buttons.length > 0);
      assert.ok(!(await out()).includes(secret), "nothing before an answer");
      assert.ok(!reached().includes(secret), "nothing was sent before an answer");
      if (stays) {
        await wait(50);
        await tab.press("Escape");
      } else if (verdict === "justify") {
        await wait(700);
        await tab.type("Angebot");
        await tab.press("Enter");
      } else {
        await wait(700);
        await tab.press("Enter");
      }
      await until(async () => !(await tab.dialog()), "dialog closed");
    }
    if (stays) {
      await wait(150);
      const kept = way === "enter" || way === "button";
      if (!kept) assert.ok(!(await written()).includes(secret), "not in the editor");
      assert.ok(!(await out()).includes(secret) && !(await out()).includes(".txt"), "not with the page");
      assert.ok(!reached().includes(secret), "not sent");
      return;
    }
    const right = verdict === "redact" ? "[EMAIL_1]" : secret;
    if (way === "paste" || way === "drop") await until(async () => (await written()).includes(right), `${right} in the editor`);
    if (way === "choose" || way === "file") await until(async () => (await out()).includes(`${verdict}.txt`), "file with the page");
    if (way === "request") await until(() => reached().includes(right), "request");
    if (way === "enter" || way === "button") {
      const sent = async () => (await out()).includes("sent:") && (await out()).includes(right);
      if (verdict === "redact") {
        await until(async () => (await written()).includes(right), "redacted in the editor");
        await wait(250);
      } else await wait(100);
      for (let i = 0; i < 3 && !(await sent()); i++) {
        await tab.see("focusField()");
        await send();
        await wait(200);
      }
      await until(sent, "sent");
      if (verdict === "redact") assert.ok(!(await out()).includes(secret) && !reached().includes(secret), "the value stayed");
    }
    assert.equal(await tab.dialog(), undefined);
  }
}
