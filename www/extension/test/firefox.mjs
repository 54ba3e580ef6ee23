// Firefox with the extension, driven over WebDriver BiDi as a person would.
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const built = (name) => fileURLToPath(new URL(`../target/test/${name}`, import.meta.url));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function start({ build = "firefox", prefs = {}, lang = "de", folder } = {}) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    defaultViewport: null,
    args: ["--width=1000", "--height=900"],
    ...(folder && { userDataDir: folder }),
    extraPrefsFirefox: { "dom.events.testing.asyncClipboard": true, "intl.accept_languages": lang, "extensions.webextensions.uuids": JSON.stringify({ "riegel@riegel.example": "0a1b2c3d-0000-4000-8000-000000000001" }), ...prefs },
  });
  await browser.installExtension(built(build));
  const bidi = browser.connection;
  return {
    name: "firefox",
    browser,
    base: "moz-extension://0a1b2c3d-0000-4000-8000-000000000001/",
    administered: () => wait(500),
    /** Installs the extension over itself: its background starts anew, and what it kept stays. */
    again: () => browser.installExtension(built(build)),
    async open(url, { ready = true, frame } = {}) {
      const page = await browser.newPage();
      const errors = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await page.goto(url);
      const inner = frame ? await (await page.waitForSelector(frame)).contentFrame() : page.mainFrame();
      // `waitForFunction` is made with `eval`, which strict pages forbid in older versions.
      for (const end = Date.now() + 30_000; ready && !(await inner.evaluate(() => window.ready)); await wait(50)) if (Date.now() > end) throw new Error(`${url} is not ready`);
      if (frame) await wait(300);
      const context = page.mainFrame()._id;
      /** The nodes of a kind in our closed shadow root. */
      const inside = async (selector) => {
        const { nodes: hosts } = (await bidi.send("browsingContext.locateNodes", { context, locator: { type: "css", value: "html > div" }, serializationOptions: { includeShadowTree: "all", maxDomDepth: 3 } })).result;
        for (const host of hosts) {
          const root = host.value.shadowRoot;
          if (!root) continue;
          const { nodes } = (await bidi.send("browsingContext.locateNodes", { context, locator: { type: "css", value: selector }, startNodes: [{ sharedId: root.sharedId }], serializationOptions: { maxDomDepth: 10 } })).result;
          if (nodes.length) return nodes;
        }
        return [];
      };
      const textOf = (node) => (node.value?.nodeValue ?? "") + (node.value?.children ?? []).map(textOf).join(" ");
      const press = async (combination) => {
        const keys = combination.split("+");
        for (const key of keys.slice(0, -1)) await page.keyboard.down(key);
        await page.keyboard.press(keys.at(-1));
        for (const key of keys.slice(0, -1).reverse()) await page.keyboard.up(key);
      };
      return {
        page,
        errors,
        see: (expression) => inner.evaluate(expression),
        type: (text) => page.keyboard.type(text),
        press,
        async paste(text) {
          await page.evaluate((text) => navigator.clipboard.writeText(text), text);
          if (frame) await inner.evaluate("focusField()");
          await press("Control+v");
        },
        click: (selector) => inner.click(selector),
        async choose(selector, files) {
          const handle = await inner.$(selector);
          await handle.uploadFile(...[files].flat());
        },
        async dialog() {
          const [node] = await inside("dialog");
          if (!node) return undefined;
          return { text: textOf(node), buttons: (await inside("dialog button")).map(textOf) };
        },
        async asked(patience = 5000) {
          for (const end = Date.now() + patience; Date.now() < end; await wait(30)) {
            const dialog = await this.dialog();
            if (dialog) return dialog;
          }
          throw new Error("no dialog");
        },
        shown: async (kind) => (await inside(`.${kind}`)).map(textOf),
        notes: async () => (await inside(".note")).map(textOf).join(" "),
        async button(label, place = "dialog") {
          if (place === "dialog") await this.asked();
          await wait(700);
          const found = (await inside(`${place} button`)).find((node) => textOf(node).includes(label));
          if (!found) throw new Error(`no button "${label}"`);
          await bidi.send("input.performActions", { context, actions: [{ type: "pointer", id: "mouse", actions: [{ type: "pointerMove", x: 0, y: 0, origin: { type: "element", element: { sharedId: found.sharedId } } }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }] }] });
        },
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}
