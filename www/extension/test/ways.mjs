// Ways in that a page builds for itself: fields for files in shadow roots or nowhere, frames that are
// written by script, fields that are no editors. And what a person meets when the check is slow.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "./servers.mjs";
import { path, PERSON, TEXT, until } from "./support.mjs";

export function waysIn(name, start) {
  let servers;
  let browser;
  const folder = mkdtempSync(join(tmpdir(), "riegel-ways-"));
  const file = join(folder, "brief.txt");
  const unreadable = join(folder, "tabelle.bin");
  before(async () => {
    writeFileSync(file, TEXT);
    writeFileSync(unreadable, Buffer.from([0, 1, 2, 3, 4, 5]));
    servers = await serve();
    browser = await start();
    await within(async (tab) => {
      await tab.paste(TEXT);
      await tab.asked(15_000);
      await tab.press("Escape");
    });
  });
  after(async () => {
    await browser?.close();
    await servers?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const within = async (run, place = "/chat?editor=textarea") => {
    servers.got.length = 0;
    const tab = await browser.open(servers.at(place));
    try {
      await tab.see("focusField()");
      await run(tab);
    } finally {
      await tab.close();
    }
  };
  const way = (what, run) => test(`${name}: ${what}`, () => within(run));
  const paste = name === "chromium" ? "Control+V" : "Control+v";
  /** Presses what opens a choice of files, and chooses one. */
  const choose = async (tab, file, open) => {
    const asked = name === "chromium" ? tab.page.waitForEvent("filechooser") : tab.page.waitForFileChooser();
    await open();
    const chooser = await asked;
    await (name === "chromium" ? chooser.setFiles(file) : chooser.accept([file]));
  };
  const press = async (tab, element) => {
    const { x, y, width, height } = await tab.see(`(({ x, y, width, height }) => ({ x, y, width, height }))(${element}.getBoundingClientRect())`);
    await tab.page.mouse.click(x + Math.min(width / 2, 20), y + height / 2);
  };

  const CHOICES = {
    "in an open shadow root": "const host = document.createElement('div'); document.body.append(host); host.attachShadow({ mode: 'open' }).append(field); window.button = field",
    "in a closed shadow root in another one": "const host = document.createElement('div'); const inner = document.createElement('div'); document.body.append(host); host.attachShadow({ mode: 'closed' }).append(inner); inner.attachShadow({ mode: 'closed' }).append(field); window.button = field",
    "that stands nowhere": "window.button = document.createElement('button'); button.textContent = 'Anhang'; document.body.append(button); button.onclick = () => field.click()",
    "that stands nowhere, and is opened by an event": "window.button = document.createElement('button'); button.textContent = 'Anhang'; document.body.append(button); button.onclick = () => field.dispatchEvent(new MouseEvent('click'))",
  };
  for (const [where, code] of Object.entries(CHOICES)) {
    way(`a file in a field ${where}`, async (tab) => {
      await tab.see(`{ const field = Object.assign(document.createElement("input"), { type: "file" }); window.saw = ""; field.onchange = () => (window.saw += [...field.files].map(({ name }) => name).join()); ${code}; 0 }`);
      await choose(tab, file, () => press(tab, "button"));
      assert.ok((await tab.asked()).text.includes("brief.txt"));
      await tab.press("Escape");
      await until(async () => !(await tab.dialog()), "closed");
      assert.equal(await tab.see("saw"), "");
      // And one that may go arrives.
      writeFileSync(join(folder, "pumpe.txt"), "Welche Farbe passt zu einer Pumpe");
      await choose(tab, join(folder, "pumpe.txt"), () => press(tab, "button"));
      await until(() => tab.see("saw === 'pumpe.txt'"), "file with the page");
    });
  }

  way("a file that cannot be read: the dialog says so", async (tab) => {
    await choose(tab, unreadable, () => press(tab, "document.querySelector('#file')"));
    assert.match((await tab.asked()).text, /lässt sich hier nicht lesen|cannot be read here/);
    await tab.press("Escape");
  });

  way("fields for passwords and numbers take what is pasted", async (tab) => {
    for (const [type, text] of [["password", "ganz-harmlos"], ["number", "4711"], ["email", PERSON]]) {
      await tab.see(`{ const field = Object.assign(document.createElement("input"), { type: "${type}", id: "${type}" }); document.body.append(field); navigator.clipboard.writeText("${text}"); 0 }`);
      await tab.click(`#${type}`);
      await tab.press(paste);
      if (type === "email") await tab.asked().then(() => tab.press("Escape"));
      else await until(() => tab.see(`document.querySelector("#${type}").value === "${text}"`), type);
    }
  });

  way("a form with hidden fields: a token of the site goes, what somebody wrote does not", async (tab) => {
    const token = [{ alg: "HS256", typ: "JWT" }, { sub: "muster", iat: 1516239022 }, "0123456789abcdef0123456789abcdef"].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    await tab.type("x");
    const submit = (value) => tab.see(`{
      const frame = Object.assign(document.createElement("iframe"), { name: "away" });
      const form = Object.assign(document.createElement("form"), { method: "post", action: "/api/form", target: "away" });
      form.innerHTML = '<input type="hidden" name="token"><textarea name="answer" style="display:none"></textarea>';
      document.body.append(frame, form);
      for (const field of form.elements) field.value = ${JSON.stringify(value)};
      form.requestSubmit();
      0;
    }`);
    await submit(token);
    await until(() => servers.got.some(({ path }) => path === "/api/form"), "form");
    assert.equal(await tab.dialog(), undefined);
    servers.got.length = 0;
    await submit(TEXT);
    await tab.asked();
    await tab.press("Escape");
    assert.ok(!servers.got.some(({ path }) => path === "/api/form"));
  });

  way("an editor in a frame that a script writes", async (tab) => {
    await tab.see(`{
      const frame = Object.assign(document.createElement("iframe"), { id: "written", width: 360, height: 300 });
      document.body.append(frame);
      setTimeout(() => { const inner = frame.contentDocument; inner.open(); inner.write("<body contenteditable>x</body>"); inner.close(); window.wrote = true; }, 200);
      navigator.clipboard.writeText(${JSON.stringify(TEXT)});
      0;
    }`);
    await until(() => tab.see("window.wrote"), "frame");
    await tab.click("#written");
    await tab.press(paste);
    await tab.asked();
    assert.ok(!(await tab.see("document.querySelector('#written').contentDocument.body.innerText")).includes(PERSON));
  });

  if (name !== "chromium") return;

  way("what is moved within a text is moved, not doubled", async (tab) => {
    await tab.type("Pumpe läuft");
    const box = await tab.see("(({ x, y }) => ({ x, y }))(document.querySelector('#field').getBoundingClientRect())");
    await tab.page.mouse.dblclick(box.x + 12, box.y + 12);
    assert.equal((await tab.see("getSelection().toString()")).trim(), "Pumpe");
    await tab.page.mouse.move(box.x + 12, box.y + 12);
    await tab.page.mouse.down();
    for (const by of [20, 60, 120]) await tab.page.mouse.move(box.x + by, box.y + 12, { steps: 4 });
    await tab.page.mouse.up();
    await until(() => tab.see("read() !== 'Pumpe läuft'"), "moved");
    assert.equal((await tab.see("read()")).match(/Pumpe/g).length, 1);
  });

  way("no answer in time: nothing goes on, and it is said", async (tab) => {
    await tab.paste("Welche Farbe passt zu einer Pumpe");
    await until(() => tab.see("read()"), "inserted");
    await tab.see("document.querySelector('#field').value = ''; focusField()");
    // A background that is busy with something else.
    void browser.worker.evaluate(() => { for (const end = Date.now() + 5000; Date.now() < end; ); }).catch(() => undefined);
    await tab.paste("Welche Farbe passt zu zwei Pumpen");
    assert.match((await tab.asked()).text, /nicht rechtzeitig geantwortet|did not answer in time/);
    assert.equal(await tab.see("read()"), "");
    await tab.press("Escape");
    await until(async () => (await browser.worker.evaluate(() => 1)) === 1, "background", 15_000);
  });

  test(`${name}: files that a page asks for without a field are asked about; its own store is not`, async () => {
    const page = await browser.context.newPage();
    await page.goto(servers.at("/chat?editor=textarea", "shop.localhost"));
    // No test can drive that dialog: the page's half is tested, with the other half played here.
    await page.evaluate("window.resolve = FileSystemDirectoryHandle.prototype.resolve; FileSystemDirectoryHandle.prototype.resolve = function (handle) { return window.foreign ? Promise.resolve(null) : window.resolve.call(this, handle); }");
    await page.evaluate(readFileSync(path("target/test/chromium/net.js"), "utf8"));
    const said = await page.evaluate(async (text) => {
      const third = "s".repeat(48);
      const asked = [];
      let go = false;
      addEventListener(`${third}q`, ({ detail }) => {
        const question = JSON.parse(detail);
        asked.push([question.kind, JSON.parse(question.text)]);
        dispatchEvent(new CustomEvent(`${third}a`, { detail: JSON.stringify({ id: question.id, go, body: null }) }));
      });
      dispatchEvent(new CustomEvent("riegel-hello", { detail: third.repeat(3) }));
      const handle = await (await navigator.storage.getDirectory()).getFileHandle("liste.csv", { create: true });
      const out = await handle.createWritable();
      await out.write(text);
      await out.close();
      const results = [(await handle.getFile()).size, asked.length];
      window.foreign = true;
      results.push(await handle.getFile().then(() => "went", ({ name }) => name));
      go = true;
      results.push((await handle.getFile()).name, (await handle.getFile()).name, asked.length, asked[0]);
      return results;
    }, TEXT);
    assert.deepEqual(said, [TEXT.length, 0, "AbortError", "liste.csv", "liste.csv", 2, ["file", { name: "liste.csv", mime: "text/csv", size: TEXT.length, bytes: TEXT }]]);
    await page.close();
  });

  test(`${name}: who only watches is told nothing, whatever the file is`, async () => {
    const options = await browser.open(`${browser.base}options.html`, { ready: false });
    await options.see(`chrome.runtime.sendMessage({ admin: "own", settings: { stage: "observe" } })`);
    try {
      await within(async (tab) => {
        await tab.see("document.querySelector('#file').addEventListener('change', ({ target }) => (window.saw = target.files[0]?.name))");
        await choose(tab, unreadable, () => press(tab, "document.querySelector('#file')"));
        await until(() => tab.see("window.saw === 'tabelle.bin'"), "file with the page");
        await tab.see("focusField()");
        await tab.paste(TEXT);
        await until(async () => (await tab.see("read()")).includes(PERSON), "text");
        assert.equal(await tab.dialog(), undefined);
      });
    } finally {
      await options.see(`chrome.runtime.sendMessage({ admin: "own", settings: {} })`);
      await options.close();
    }
  });
}
