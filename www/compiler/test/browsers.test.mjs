// The compiler in Chromium (CHROMIUM) and Firefox (FIREFOX), under a strict security policy: the same
// module as on the command line, and nothing asked of anybody but the page's own files.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { build, dist, read } from "./support.mjs";

const POLICY = "policies/packs/pci_dss.riegel";
const page = `<!doctype html><meta charset="utf-8"><title>Riegel</title><output></output><script type="module" src="page.js"></script>`;
const script = `
import { check, compile, Engine, test } from "./index.js";
const text = ${JSON.stringify(read(POLICY))};
const options = { name: "pci_dss.riegel" };
const { ok } = await check(text, options);
const { wasm } = await compile(text, options);
const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", wasm));
const { passed, failed } = await test(text, options);
const engine = await Engine.compile(text, options);
const { verdict } = engine.decide({ action: "paste", destination: { host: "chatgpt.com" }, content: "CVV 123, card 4012 8888 8888 1881" });
document.querySelector("output").textContent = JSON.stringify({ ok, hash: [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join(""), failed, some: passed > 0, verdict });
`;
const asked = [];
const server = createServer(({ url }, response) => {
  asked.push(url);
  const made = { "/": page, "/page.js": script }[url];
  try {
    const body = made ?? readFileSync(join(dist, url));
    response.writeHead(200, { "content-type": url === "/" ? "text/html" : "text/javascript", "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "localhost", resolve));
after(() => server.close());
const url = `http://localhost:${server.address().port}/`;
const expected = { ok: true, hash: createHash("sha256").update(build(POLICY)).digest("hex"), failed: 0, some: true, verdict: "block" };
const ready = () => document.querySelector("output")?.textContent;

test("chromium", async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
  after(() => browser.close());
  const tab = await browser.newPage();
  const errors = [];
  tab.on("pageerror", (error) => errors.push(String(error)));
  asked.length = 0;
  await tab.goto(url);
  await tab.waitForFunction(ready, undefined, { timeout: 60_000 }).catch(() => {});
  assert.deepEqual(errors, []);
  assert.deepEqual(JSON.parse(await tab.evaluate(ready)), expected);
  assert.deepEqual(asked.filter((path) => !path.includes("favicon")).sort(), ["/", "/core.js", "/index.js", "/packed-library.js", "/packed-module.js", "/page.js"]);
});

test("firefox", async () => {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", headless: true });
  after(() => browser.close());
  const tab = await browser.newPage();
  await tab.goto(url);
  // The page's policy forbids what `waitForFunction` is made of here.
  let answer;
  for (const end = Date.now() + 60_000; !answer && Date.now() < end; await sleep(100)) answer = await tab.evaluate(ready);
  assert.deepEqual(JSON.parse(answer), expected);
});
