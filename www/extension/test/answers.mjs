// Answers as they stream in: what is covered, what loses its address, what only the person can read.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve } from "./servers.mjs";
import { PERSON, TEXT, until, wait } from "./support.mjs";

const LINK = "https://bilder.example/p.png?q=SmFuaW5hIEJlaXNwaWVsLCBBdWZ0cmFnIDIwMjYtMTE4NzM";
const SECRET = ["Wmq8", "Tz4r", "Lk2p"].join("-");

export function answers(name, start) {
  let servers;
  let browser;
  before(async () => {
    servers = await serve();
    browser = await start();
  });
  after(async () => {
    await browser?.close();
    await servers?.close();
  });

  /** Lets a text grow in the page, a few letters at a time. */
  const stream = (tab, id, text) =>
    tab.see(`{
      const block = Object.assign(document.createElement("p"), { id: ${JSON.stringify(id)} });
      document.querySelector("#answers").append(block);
      const text = ${JSON.stringify(text)};
      let i = 0;
      const timer = setInterval(() => { block.textContent = text.slice(0, (i += 5)); if (i >= text.length) clearInterval(timer); }, 20);
    }`);

  test(`${name}: a placeholder is readable for the person, and for nobody else`, async () => {
    const tab = await browser.open(servers.at("/strict?editor=textarea"));
    await until(async () => {
      await tab.see("focusField()");
      await tab.paste(TEXT);
      const dialog = await tab.asked(2000).catch(() => undefined);
      if (dialog?.text.includes(PERSON)) return true;
      await tab.press("Escape");
      return false;
    }, "dialog", 15_000);
    await wait(700);
    await tab.press("Enter");
    await until(async () => (await tab.see("read()")).includes("[EMAIL_1]"), "placeholder");
    await stream(tab, "a1", "Gerne, ich schreibe an [EMAIL_1] noch heute.");
    await until(async () => (await tab.shown("chip")).includes(PERSON), "the value over its placeholder");
    assert.ok(!(await tab.see("document.documentElement.outerHTML")).includes(PERSON), "the page does not have it");
    await tab.close();
    // Another page of the same host in another tab knows nothing of it.
    const other = await browser.open(servers.at("/strict?editor=textarea"));
    await stream(other, "a1", "Gerne, ich schreibe an [EMAIL_1] noch heute.");
    await wait(600);
    assert.deepEqual(await other.shown("chip"), []);
    await other.close();
  });

  test(`${name}: a password in an answer is covered, and said`, async () => {
    const tab = await browser.open(servers.at("/strict?editor=textarea"));
    await stream(tab, "a2", `Der Zugang lautet password = ${SECRET} und gilt bis Montag.`);
    await until(async () => (await tab.shown("cover")).length > 0, "cover");
    assert.ok((await tab.notes()).length > 20);
    await tab.close();
  });

  test(`${name}: a link that carries data out loses its address; a harmless one keeps it`, async () => {
    const tab = await browser.open(servers.at("/strict?editor=textarea"));
    await tab.see(`{ document.querySelector("#answers").innerHTML = '<p id="bad">Hier: <a href="${LINK}">Bild</a><img alt="" src="${LINK}"></p><p id="good">Mehr dazu <a href="https://www.muster-pumpen.example/pumpen">auf der Seite</a>.</p>'; }`);
    await until(() => tab.see("!document.querySelector('#bad a').hasAttribute('href') && !document.querySelector('#bad img').hasAttribute('src')"), "addresses gone");
    assert.equal(await tab.see("document.querySelector('#good a').getAttribute('href')"), "https://www.muster-pumpen.example/pumpen");
    await tab.close();
  });

  test(`${name}: a password in a plain box beside a list is covered`, async () => {
    const tab = await browser.open(servers.at("/strict?editor=textarea"));
    await tab.see(`{
      const answer = document.createElement("div");
      answer.innerHTML = "<div><div>Der Zugang lautet password = ${SECRET} und gilt bis Montag.</div></div><ul><li>Ein Punkt der Liste</li></ul>";
      document.querySelector("#answers").append(answer);
      0;
    }`);
    await until(async () => (await tab.shown("cover")).length > 0, "cover");
    await tab.close();
  });

  for (const mode of ["open", "closed"]) {
    test(`${name}: a password in an answer in a shadow root (${mode}) is covered, too`, async () => {
      const tab = await browser.open(servers.at("/strict?editor=textarea"));
      await tab.see(`{
        const answer = document.createElement("chat-answer");
        document.querySelector("#answers").append(answer);
        // As elements do that are made ready later.
        setTimeout(() => {
          const block = document.createElement("p");
          answer.attachShadow({ mode: "${mode}" }).append(block);
          answer.setAttribute("ready", "");
          document.querySelector("#answers").append(document.createElement("hr"));
          setTimeout(() => (block.textContent = ${JSON.stringify(`Der Zugang lautet password = ${SECRET} und gilt bis Montag.`)}), 300);
        }, 300);
        0;
      }`);
      await until(async () => (await tab.shown("cover")).length > 0, "cover");
      await tab.close();
    });
  }
}
