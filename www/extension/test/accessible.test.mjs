// axe on what people see: dialog, note, options page, the works council's page; in both languages, light
// and dark. A closed shadow root hides from axe, so the dialog stands in an open one here.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { build } from "esbuild";
import { start } from "./chromium.mjs";
import { path, PERSON, until } from "./support.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await start();
after(() => browser.close());

const check = async (page) => {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], rules: { region: { enabled: false } } }));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => `${target}: ${failureSummary}`)]), []);
  assert.ok(passes.length > 5, "axe saw something");
};

const { outputFiles } = await build({ stdin: { contents: 'export { Stage } from "./src/content/dialog.ts";', resolveDir: path("."), loader: "ts" }, bundle: true, format: "iife", globalName: "Riegel", write: false, alias: { "@riegel/guard": path("../guard/src/index.ts"), "@riegel/guard/vault": path("../guard/src/vault.ts"), "@riegel/widget/parts": path("../widget/src/parts.ts") } });

const text = `Bitte antworte ${PERSON} bald, sie wartet.`;
const at = text.indexOf(PERSON);
const view = (verdict, more = {}) => ({ verdict, failed: false, told: [{ rule: "regel", text: "Personenbezogene Angaben erkannt (1).", hint: "Mit einem Klick geht es weiter.", cite: ["DSGVO Art. 5"] }], marks: [{ start: at, end: at + PERSON.length, label: "EMAIL", redact: true }], roles: [], lessons: [], disclose: false, entry: 1, ...more });
const QUESTIONS = {
  redact: { view: view("redact", { redacted: "warn" }), text, way: "insert" },
  justify: { view: view("justify"), text, way: "send" },
  approve: { view: view("approve", { roles: ["dpo"], lessons: ["secrets-basics"] }), text, way: "request" },
  block: { view: view("block"), text, way: "file", file: "liste.xlsx" },
  failed: { view: view("block", { failed: true, told: [], marks: [] }), text, way: "send" },
};

for (const language of ["de", "en"]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe: dialog and note, ${language}, ${colorScheme}`, async () => {
      const page = await browser.context.newPage();
      await page.emulateMedia({ colorScheme });
      await page.setContent(`<!doctype html><html lang="${language}"><title>Muster</title><main><h1>Muster</h1></main></html>`);
      await page.evaluate("window.chrome = { runtime: { id: 'x' } }; const attach = Element.prototype.attachShadow; Element.prototype.attachShadow = function () { return attach.call(this, { mode: 'open' }); }");
      await page.evaluate(outputFiles[0].text.replace("var Riegel", "window.Riegel"));
      for (const [name, question] of Object.entries(QUESTIONS)) {
        await page.evaluate(([question, language]) => {
          window.stage = new Riegel.Stage(() => ({ language, onError: "block", tool: { name: "Hausassistent", url: "https://ki.example/" }, contacts: { dpo: "datenschutz@firma.example" }, held: [] }), () => undefined);
          void stage.ask(question, async () => true);
        }, [question, language]);
        await check(page).catch((error) => assert.fail(`${name}: ${error.message}`));
        await page.keyboard.press("Escape");
      }
      await page.evaluate(() => stage.note("Gut zu wissen", ["Ein Satz.", "Noch einer."], "", { lesson: "Drei Sätze. Mehr nicht. Fertig.", done: () => undefined }));
      await check(page);
      await page.close();
    });

    test(`axe: options and works council, ${language}, ${colorScheme}`, async () => {
      for (const name of ["options.html", "works.html"]) {
        const { page, see, close } = await browser.open(`${browser.base}${name}`, { ready: false });
        await page.emulateMedia({ colorScheme });
        await see(`chrome.runtime.sendMessage({ admin: "own", settings: { language: "${language}" } })`);
        await page.reload();
        await until(() => see(`document.documentElement.lang === "${language}" && !!document.querySelector("section")`), "page");
        await see("document.querySelectorAll('details').forEach((details) => (details.open = true))");
        await check(page);
        await close();
      }
    });
  }
}
