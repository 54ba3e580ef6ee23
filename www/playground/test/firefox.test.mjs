// The playground in Firefox (FIREFOX, else /usr/bin/firefox-esr), driven by puppeteer over WebDriver BiDi.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import puppeteer from "puppeteer-core";
import { serve } from "./served.mjs";
import { AXE, tellTheStory } from "./story.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { url, close } = await serve();
const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", headless: true, defaultViewport: null, args: ["--width=1280", "--height=900"], extraPrefsFirefox: { "dom.events.testing.asyncClipboard": true, "intl.accept_languages": "en-GB", "intl.locale.requested": "en-GB", "ui.systemUsesDarkTheme": 0 } });
after(async () => {
  await browser.close();
  close();
});

async function open(address) {
  const page = await browser.newPage();
  // A browser asks for the icon when it likes; the page does not.
  const [errors, asked] = [[], []];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && !/example\.com/.test(message.text()) && errors.push(message.text()));
  page.on("request", (request) => !/^data:|^https:\/\/example\.com|\/icon\.svg$/.test(request.url()) && asked.push(request.url()));
  await page.goto(address);
  const press = async (combination) => {
    const keys = combination.split("+");
    for (const key of keys.slice(0, -1)) await page.keyboard.down(key);
    await page.keyboard.press(keys.at(-1));
    for (const key of keys.slice(0, -1).reverse()) await page.keyboard.up(key);
  };
  return {
    errors,
    asked,
    see: (expression) => page.evaluate(expression),
    type: (text) => page.keyboard.type(text),
    press,
    async paste(text) {
      await page.evaluate((text) => navigator.clipboard.writeText(text), text);
      await press("Control+v");
    },
    click: async (expression) => (await page.evaluateHandle(expression)).asElement().click(),
    async axeFindsNothing() {
      await page.evaluate(axe);
      assert.deepEqual(await page.evaluate(AXE), []);
    },
    close: () => page.close(),
  };
}

tellTheStory("firefox", open, url);
