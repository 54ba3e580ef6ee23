// The widget in Firefox (FIREFOX, else /usr/bin/firefox-esr), driven by puppeteer over WebDriver BiDi.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import puppeteer from "puppeteer-core";
import { AXE, tellTheStory } from "./page.mjs";
import { servers } from "./servers.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const all = await servers();
const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", headless: true, extraPrefsFirefox: { "dom.events.testing.asyncClipboard": true } });
after(async () => {
  await browser.close();
  await all.close();
});

tellTheStory("firefox", {
  async open(url) {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => !/favicon/.test(error) && errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && !/403|favicon/.test(message.text()) && errors.push(message.text()));
    await page.goto(url);
    const press = async (combination) => {
      const keys = combination.split("+");
      for (const key of keys.slice(0, -1)) await page.keyboard.down(key);
      await page.keyboard.press(keys.at(-1));
      for (const key of keys.slice(0, -1).reverse()) await page.keyboard.up(key);
    };
    return {
      errors,
      see: (expression) => page.evaluate(expression),
      type: (text) => page.keyboard.type(text),
      press,
      async paste(text) {
        await page.evaluate((text) => navigator.clipboard.writeText(text), text);
        await press("Control+v");
      },
      click: async (expression) => (await page.evaluateHandle(expression)).asElement().click(),
      async axe() {
        await page.evaluate(axe);
        return page.evaluate(AXE);
      },
      close: () => page.close(),
    };
  },
}, all);
