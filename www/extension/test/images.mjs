// Pictures for the READMEs: the dialog on a replica and the options page, German and English, light
// and dark.
import { fileURLToPath } from "node:url";
import { start } from "./chromium.mjs";
import { serve } from "./servers.mjs";
import { until, wait } from "./support.mjs";

const to = (name) => fileURLToPath(new URL(`../../../docs/images/${name}.png`, import.meta.url));
const TEXTS = {
  de: "Bitte formuliere eine freundliche Antwort an jutta.kranz@werkstatt-sued.de: Die Pumpe P-200 ist angekommen, und wir erstatten den Betrag auf DE02 1203 0000 0000 2020 51.",
  en: "Please write a friendly answer to jutta.kranz@werkstatt-sued.de: the pump P-200 has arrived, and we refund the amount to DE02 1203 0000 0000 2020 51.",
};
const servers = await serve();
const browser = await start();
for (const lang of ["de", "en"]) {
  for (const colorScheme of ["light", "dark"]) {
    const options = await browser.open(`${browser.base}options.html`, { ready: false });
    await options.see(`chrome.runtime.sendMessage({ admin: "own", settings: { language: "${lang}", tool: { name: "Hausassistent", url: "https://assistent.muster-pumpen.example/" } } })`);
    await options.page.emulateMedia({ colorScheme });
    await options.page.setViewportSize({ width: 900, height: 760 });
    await options.page.reload();
    await until(() => options.see("!!document.querySelector('section')"), "page");
    await wait(200);
    await options.page.screenshot({ path: to(`extension-options-${lang}-${colorScheme}`) });
    await options.close();
    const tab = await browser.open(servers.at("/chat?editor=textarea"));
    await tab.page.setViewportSize({ width: 760, height: 600 });
    await tab.page.emulateMedia({ colorScheme });
    await tab.see(`document.documentElement.style.colorScheme = "light dark"; document.documentElement.style.font = "16px system-ui"; document.querySelector("#field").style.cssText = "width:100%;height:4rem"`);
    await tab.see("focusField()");
    await tab.paste(TEXTS[lang]);
    await tab.asked();
    await wait(200);
    await tab.page.screenshot({ path: to(`extension-${lang}-${colorScheme}`) });
    await tab.close();
  }
}
await browser.close();
await servers.close();
