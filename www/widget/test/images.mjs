// Pictures of the demo for the READMEs: German and English, light and dark.
import { chromium } from "playwright-core";
import { fileURLToPath } from "node:url";
import { serve } from "../demo/server.mjs";

const to = (name) => fileURLToPath(new URL(`../../../docs/images/${name}.png`, import.meta.url));
const TEXTS = {
  de: "Bitte formuliere eine freundliche Antwort an jutta.kranz@werkstatt-sued.de: Die Pumpe P-200 ist angekommen, und wir erstatten den Betrag auf DE02 1203 0000 0000 2020 51.",
  en: "Please write a friendly answer to jutta.kranz@werkstatt-sued.de: the pump P-200 has arrived, and we refund the amount to DE02 1203 0000 0000 2020 51.",
};
const server = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
for (const lang of ["de", "en"]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ colorScheme, viewport: { width: 640, height: 560 }, deviceScaleFactor: 1.5 });
    await page.goto(server.url);
    if (lang === "en") await page.click("#language");
    await page.waitForFunction(() => document.querySelector("riegel-guard")?.session);
    await page.fill("#question", TEXTS[lang]);
    await page.waitForFunction(() => !document.querySelector("riegel-guard").shadowRoot.querySelector(".panel").hidden);
    await page.evaluate(() => document.activeElement.blur());
    await page.screenshot({ path: to(`widget-${lang}-${colorScheme}`) });
    await page.close();
  }
}
await browser.close();
await server.close();
