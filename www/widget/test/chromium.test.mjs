// The widget in Chromium (CHROMIUM, else /usr/bin/chromium), driven by Playwright.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { AXE, tellTheStory } from "./page.mjs";
import { servers } from "./servers.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const all = await servers();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
after(async () => {
  await browser.close();
  await all.close();
});

tellTheStory("chromium", {
  async open(url) {
    const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && !/403|favicon/.test(message.text()) && errors.push(message.text()));
    await page.goto(url);
    return {
      errors,
      see: (expression) => page.evaluate(expression),
      type: (text) => page.keyboard.type(text),
      press: (key) => page.keyboard.press(key),
      async paste(text) {
        await page.evaluate((text) => navigator.clipboard.writeText(text), text);
        await page.keyboard.press("Control+V");
      },
      click: async (expression) => (await page.evaluateHandle(expression)).asElement().click(),
      async axe() {
        await page.evaluate(axe);
        return page.evaluate(AXE);
      },
      close: () => context.close(),
    };
  },
}, all);
