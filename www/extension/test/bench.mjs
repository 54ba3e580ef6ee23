// How long a person waits, in Chromium: from the press of Ctrl+V to the text or the dialog, as the page
// sees it, for 10 KB; with the background awake and put to sleep before. And long tasks for 1 MB.
//
//   npm run bench
import { start } from "./chromium.mjs";
import { serve } from "./servers.mjs";
import { PERSON, until, wait } from "./support.mjs";

const RUNS = Number(process.env.RUNS ?? 100);
const COLD = Number(process.env.COLD ?? 25);
const prose = (bytes) => "Die Pumpe läuft seit dem Umbau leiser, und das Lager meldet keine Störung mehr. ".repeat(Math.ceil(bytes / 82)).slice(0, bytes);

const servers = await serve();
const browser = await start();
const tab = await browser.open(servers.at("/chat?editor=textarea"));
const cdp = await browser.context.newCDPSession(tab.page);
const observe = () => tab.see(`{
  window.times = [];
  let pressed = 0;
  addEventListener("keydown", (event) => { if (event.key === "v" && event.ctrlKey) pressed = performance.now(); }, true);
  const done = () => { if (pressed) { times.push(performance.now() - pressed); pressed = 0; } };
  document.querySelector("#field").addEventListener("input", done);
  // A dialog takes the focus.
  document.querySelector("#field").addEventListener("blur", done);
  window.tasks = [];
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.tasks.push(duration); }).observe({ type: "longtask" });
}`);
await observe();
const paste = async (text) => {
  await tab.see("document.querySelector('#field').value = ''; focusField()");
  await tab.see(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  const before = await tab.see("times.length");
  await tab.press("Control+v");
  await until(() => tab.see(`times.length > ${before}`), "result", 20_000);
};
const sleep = async () => {
  const version = await browser.context.newCDPSession(tab.page);
  await version.send("ServiceWorker.enable").catch(() => undefined);
  await version.send("ServiceWorker.stopAllWorkers").catch(() => undefined);
  await version.detach();
};
const sum = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  const part = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)].toFixed(1);
  return `median ${part(0.5)} ms, 95th ${part(0.95)} ms, 99th ${part(0.99)} ms, ${sorted.length} runs`;
};

const all = [];
const measure = async (what, runs, act) => {
  await tab.see("times.length = 0");
  for (let i = 0; i < runs; i++) await act(i);
  const times = await tab.see("times");
  all.push(...times);
  console.log(`${what.padEnd(40)} ${sum(times)}`);
};
for (let i = 0; i < 5; i++) await paste(prose(10_000) + i);
await measure("10 KB, inserted", RUNS, (i) => paste(prose(10_000) + i));
await measure("10 KB, dialog", RUNS, async (i) => {
  await paste(`${prose(10_000)} ${i} ${PERSON}`);
  await tab.press("Escape");
  await until(() => tab.see("document.activeElement === document.querySelector('#field')"), "closed");
});
// A person opens the page, or comes back to it, before they paste: that wakes the background.
await measure("10 KB, asleep; page opened, then pasted", COLD, async (i) => {
  await sleep();
  await wait(200);
  const kept = await tab.see("times");
  await tab.page.reload();
  await tab.page.waitForFunction(() => window.ready);
  await observe();
  await tab.see(`times.push(...${JSON.stringify(kept)})`);
  await tab.click("#field");
  await wait(200);
  await paste(`${prose(10_000)} geweckt ${i}`);
});
console.log(`${"all of them".padEnd(40)} ${sum(all)}`);
await measure("10 KB, background asleep, at once", COLD, async (i) => {
  await sleep();
  await wait(200);
  await paste(`${prose(10_000)} kalt ${i}`);
});

// 1 MB: what the browser itself needs for a plain field is in both rows.
for (const [what, editor, host] of [["textarea, without us", "textarea", "shop.localhost"], ["textarea, with us", "textarea", "chat.localhost"], ["CodeMirror, without us", "codemirror", "shop.localhost"], ["CodeMirror, with us", "codemirror", "chat.localhost"]]) {
  const page = await browser.open(servers.at(`/chat?editor=${editor}`, host));
  await page.see(`{ window.big = ${JSON.stringify(`${prose(80)}\n`)}.repeat(12_400).slice(0, 1e6); window.tasks = []; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.tasks.push(Math.round(duration)); }).observe({ type: "longtask" }); navigator.clipboard.writeText(big); }`);
  await wait(1000);
  await page.see("focusField(); tasks.length = 0");
  await page.press("Control+v");
  await until(() => page.see("read().length > 9e5"), "1 MB", 20_000);
  await wait(1500);
  console.log(`1 MB, ${what.padEnd(34)} long tasks: ${(await page.see("tasks")).map((task) => `${task} ms`).join(", ") || "none"}`);
  await page.close();
}

// A page without AI: what runs there of us.
const other = await browser.context.newPage();
const session = await browser.context.newCDPSession(other);
const worlds = [];
session.on("Runtime.executionContextCreated", ({ context }) => worlds.push(context.origin));
await session.send("Runtime.enable");
await other.goto(servers.at("/chat?editor=textarea", "shop.localhost"));
await wait(300);
console.log(`scripts of ours on a page without AI: ${worlds.filter((origin) => origin.startsWith("chrome-extension:")).length}`);
await browser.close();
await servers.close();
