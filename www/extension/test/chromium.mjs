// Chromium with the extension, driven by Playwright as a person would.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { until } from "./support.mjs";

const built = (name) => fileURLToPath(new URL(`../target/test/${name}`, import.meta.url));
const ID = "nkkemknpcmjibehkbfpgcgccdfkcdijd";

export async function start({ build = "chromium", args = [], lang = "de", folder } = {}) {
  const profile = folder ?? mkdtempSync(join(tmpdir(), "riegel-chromium-"));
  const extension = built(build);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: false,
    locale: lang,
    viewport: { width: 1000, height: 800 },
    args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-features=DisableLoadExtensionCommandLineSwitch", `--disable-extensions-except=${extension}`, `--load-extension=${extension}`, `--lang=${lang}`, ...args],
    env: { ...process.env, LANGUAGE: lang, LANG: `${lang}_DE.UTF-8` },
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker", { timeout: 10_000 }));
  return {
    name: "chromium",
    context,
    worker,
    id: ID,
    base: `chrome-extension://${ID}/`,
    /** Until Chromium has told the extension what an administrator set: some seconds, if it is left alone. */
    administered: () => until(() => worker.evaluate(async () => Object.keys((await chrome.storage.local.get("managed")).managed ?? {}).length > 0 && (await chrome.scripting.getRegisteredContentScripts()).length > 0), "settings of the administrator", 30_000),
    async open(url, { ready = true, frame } = {}) {
      const page = await context.newPage();
      const errors = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(url);
      const inner = frame ? await (await page.waitForSelector(frame)).contentFrame() : page.mainFrame();
      if (ready) await inner.waitForFunction(() => window.ready);
      if (frame) await new Promise((resolve) => setTimeout(resolve, 300));
      const cdp = await context.newCDPSession(page);
      const shown = async () => {
        const { root } = await cdp.send("DOM.getDocument", { depth: -1, pierce: true });
        const found = [];
        walk(root, (node) => {
          if (node.shadowRootType === "closed") walk(node, (inner) => inner.nodeName === "DIALOG" && found.push(inner));
        });
        return found[0];
      };
      const drag = async (data) => {
        const box = await (await inner.waitForSelector("#editor")).boundingBox();
        const [x, y] = [box.x + Math.min(box.width / 2, 60), box.y + Math.min(box.height / 2, 12)];
        for (const type of ["dragEnter", "dragOver", "drop"]) await cdp.send("Input.dispatchDragEvent", { type, x, y, data });
      };
      return {
        page,
        errors,
        see: (expression) => inner.evaluate(expression),
        type: (text) => page.keyboard.type(text),
        press: (key) => page.keyboard.press(key),
        async paste(text) {
          await page.evaluate((text) => navigator.clipboard.writeText(text), text);
          if (frame) await inner.evaluate("focusField()");
          await page.keyboard.press("Control+V");
        },
        click: (selector) => inner.click(selector),
        choose: (selector, files) => inner.setInputFiles(selector, files),
        /** Drags from elsewhere: the browser's own events. */
        drop: (text) => drag({ items: [{ mimeType: "text/plain", data: text }], dragOperationsMask: 1 }),
        async dropAt(x, y, text) {
          for (const type of ["dragEnter", "dragOver", "drop"]) await cdp.send("Input.dispatchDragEvent", { type, x, y, data: { items: [{ mimeType: "text/plain", data: text }], dragOperationsMask: 1 } });
        },
        dropFile: (file) => drag({ items: [], files: [file], dragOperationsMask: 1 }),
        /** Text of the dialog and labels of its buttons; nothing where there is none. */
        async dialog() {
          const node = await shown();
          if (!node) return undefined;
          const [text, buttons] = [[], []];
          walk(node, (inner) => {
            if (inner.nodeName === "#text") text.push(inner.nodeValue);
            if (inner.nodeName === "BUTTON") buttons.push((inner.children ?? []).map(({ nodeValue }) => nodeValue).join(""));
          });
          return { text: text.join(" "), buttons };
        },
        /** The dialog, once it is there. */
        async asked(patience = 5000) {
          for (const end = Date.now() + patience; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
            const dialog = await this.dialog();
            if (dialog) return dialog;
          }
          throw new Error("no dialog");
        },
        /** Texts of what we show of a kind: `note`, `chip`, `cover`. */
        async shown(kind) {
          const { root } = await cdp.send("DOM.getDocument", { depth: -1, pierce: true });
          const found = [];
          walk(root, (host) => host.shadowRootType === "closed" && walk(host, (node) => {
            const at = (node.attributes ?? []).indexOf("class");
            if (at < 0 || node.attributes[at + 1] !== kind) return;
            const text = [];
            walk(node, (inner) => inner.nodeName === "#text" && text.push(inner.nodeValue));
            found.push(text.join(" "));
          }));
          return found;
        },
        notes: async function () {
          return (await this.shown("note")).join(" ");
        },
        /** Presses a button of the dialog with the mouse. */
        async button(label, place = "dialog") {
          if (place === "dialog") await this.asked();
          await new Promise((resolve) => setTimeout(resolve, 700));
          const node = place === "dialog" ? await shown() : (await cdp.send("DOM.getDocument", { depth: -1, pierce: true })).root;
          let found;
          walk(node, (inner) => {
            if (inner.nodeName === "BUTTON" && (inner.children ?? []).some(({ nodeValue }) => nodeValue?.includes(label))) found = inner;
          });
          if (!found) throw new Error(`no button "${label}"`);
          await cdp.send("DOM.scrollIntoViewIfNeeded", { nodeId: found.nodeId });
          const { model } = await cdp.send("DOM.getBoxModel", { nodeId: found.nodeId });
          const [x1, y1, , , x2, y2] = model.content;
          await page.mouse.click((x1 + x2) / 2, (y1 + y2) / 2);
        },
        close: () => page.close(),
      };
    },
    async close() {
      await context.close();
      if (!folder) rmSync(profile, { recursive: true, force: true });
    },
  };
}

function walk(node, visit) {
  visit(node);
  for (const child of [...(node.children ?? []), ...(node.shadowRoots ?? []), ...(node.contentDocument ? [node.contentDocument] : [])]) walk(child, visit);
}
