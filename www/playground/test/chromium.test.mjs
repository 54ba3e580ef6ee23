// The playground in Chromium (CHROMIUM, else /usr/bin/chromium), driven by Playwright; also on a phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { serve } from "./served.mjs";
import { AXE, tellTheStory } from "./story.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { url, close } = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
after(async () => {
  await browser.close();
  close();
});

async function open(address, options = {}) {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"], locale: "en-GB", colorScheme: "light", viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  // A browser asks for the icon when it likes; the page does not.
  const [errors, asked] = [[], []];
  page.on("pageerror", (error) => errors.push(String(error)));
  // What a test itself tries to send is refused, and the refusal is written there.
  page.on("console", (message) => message.type() === "error" && !/example\.com/.test(message.text()) && errors.push(message.text()));
  context.on("request", (request) => !/^data:|^https:\/\/example\.com|\/icon\.svg$/.test(request.url()) && asked.push(request.url()));
  await page.goto(address);
  return {
    errors,
    asked,
    page,
    see: (expression) => page.evaluate(expression),
    type: (text) => page.keyboard.type(text),
    press: (key) => page.keyboard.press(key),
    async paste(text) {
      await page.evaluate((text) => navigator.clipboard.writeText(text), text);
      await page.keyboard.press("Control+V");
    },
    click: async (expression) => (await page.evaluateHandle(expression)).asElement().click(),
    async axeFindsNothing() {
      await page.evaluate(axe);
      assert.deepEqual(await page.evaluate(AXE), []);
    },
    close: () => context.close(),
  };
}

tellTheStory("chromium", open, url);

test("chromium: on a phone everything fits, and a finger finds it", async () => {
  const phone = await open(url, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  await phone.page.waitForSelector(".verdict");
  assert.ok(await phone.see(`document.documentElement.scrollWidth <= 360`), "nothing is cut off");
  await phone.axeFindsNothing();
  await phone.page.locator("#language").tap();
  await phone.page.waitForFunction(() => document.querySelector(".verdict .word").textContent === "Erst schwärzen");
  assert.ok(await phone.see(`document.documentElement.scrollWidth <= 360`), "in German neither");
  await phone.close();
});

test("chromium: typing goes on while a large policy compiles", async () => {
  const page = await open(url);
  await page.page.waitForSelector(".verdict");
  await page.page.selectOption("#open", "pack packs.dsgvo");
  await page.click(`document.querySelector("#content-editor .cm-content")`);
  // Frames are drawn all the while: none takes as long as compiling does.
  await page.see(`(() => { let last = performance.now(); globalThis.longest = 0; const tick = () => { const now = performance.now(); globalThis.longest = Math.max(globalThis.longest, now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); })()`);
  await page.type("Guten Tag, hier ist ein Satz.");
  await page.page.waitForFunction(() => /compiled in/.test(document.querySelector("#state").textContent), undefined, { timeout: 60_000 });
  const [longest, compiled] = [await page.see(`globalThis.longest`), Number(/compiled in ([\d,]+)/.exec(await page.see(`document.querySelector("#state").textContent`))[1].replace(",", ""))];
  assert.ok(longest < compiled, `a frame took ${longest} ms, compiling ${compiled} ms`);
  await page.close();
});
