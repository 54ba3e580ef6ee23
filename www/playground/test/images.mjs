// Pictures of the playground for the READMEs: English and German, light and dark, and a phone.
import { chromium } from "playwright-core";
import { fileURLToPath } from "node:url";
import { serve } from "./served.mjs";

const to = (name) => fileURLToPath(new URL(`../../../docs/images/playground-${name}.png`, import.meta.url));
const { url, close } = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
const PICTURES = [
  ["en-light", { locale: "en-GB", colorScheme: "light", viewport: { width: 1280, height: 900 } }],
  ["de-dark", { locale: "de-DE", colorScheme: "dark", viewport: { width: 1280, height: 900 } }],
  ["de-phone", { locale: "de-DE", colorScheme: "light", viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5, isMobile: true }],
];
for (const [name, options] of PICTURES) {
  const page = await browser.newPage(options);
  await page.goto(url);
  await page.waitForSelector(".verdict");
  await page.waitForFunction(() => document.querySelector("#size").textContent && document.querySelector("#open optgroup:last-child option"));
  await page.screenshot({ path: to(name), ...(name === "de-phone" ? { clip: { x: 0, y: 0, width: 390, height: 1600 }, fullPage: true } : {}) });
  await page.close();
}
await browser.close();
close();
