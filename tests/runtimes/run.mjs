// The shared vectors in every runtime, through the built package, and a table of what came out:
//
//   node tests/runtimes/run.mjs [NAME …]
//
// Needs `npm ci` here, www/guard built, its modules (`node scripts/modules.mjs`), Chromium and
// Firefox ESR in /usr/bin (or CHROMIUM, FIREFOX), for wasmtime PYTHON with the package `wasmtime`.
// A runtime that is not there is a failure, never a silent gap; name those you want to run fewer.

import { execFile, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { corpora, modules, root } from "./corpora.mjs";
import { expected } from "./suite.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const bin = (name) => join(here, "node_modules/.bin", name);
const dist = join(root, "www/guard/dist");
const all = corpora();
const event = readFileSync(join(root, "policies/examples/paste.json"), "utf8");
const signatures = readFileSync(join(root, "tests/signing/vectors.json"), "utf8");
const scratch = mkdtempSync(join(tmpdir(), "riegel-runtimes-"));
const ask = async (program, ...args) => (await promisify(execFile)(program, args, { maxBuffer: 1 << 26, timeout: 240_000, cwd: here })).stdout.trim();
const alias = { "@riegel/guard": join(dist, "index.js"), ...Object.fromEntries(["seal", "synthetic", "trust", "vault", "words"].map((name) => [`@riegel/guard/${name}`, join(dist, `${name}.js`)])) };
/** The package stays as it is; the files around it are put in one file. */
const bundle = (entry, more = {}) => build({ absWorkingDir: here, entryPoints: [entry], bundle: true, format: "esm", write: false, alias, logLevel: "error", ...more }).then(({ outputFiles }) => outputFiles[0].text);

const inProcess = (version, program, ...args) => async () => {
  // As installed: the package's files below node_modules.
  const place = join(here, "node_modules/@riegel/guard");
  rmSync(place, { recursive: true, force: true });
  for (const file of ["package.json", "dist"]) cpSync(join(root, "www/guard", file), join(place, file), { recursive: true });
  return { version: await version(), ...JSON.parse((await ask(program, ...args, "process.mjs")).split("\n").pop()) };
};

async function workerd() {
  const names = all.map(({ name }) => name);
  const lines = [
    ...names.map((name) => `import ${name} from "./${name}.wasm"; import ${name}_vectors from "./${name}.json";`),
    `export const corpora = [${names.map((name) => `{ name: "${name}", module: ${name}, vectors: ${name}_vectors.vectors }`)}];`,
    `export const event = ${event};`,
    `export const signatures = ${signatures};`,
  ];
  const worker = await bundle("worker.mjs", { external: ["./bundled.mjs"] });
  const files = { "worker.mjs": worker, "bundled.mjs": lines.join("\n") };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch, name), text);
  const port = 20_000 + (process.pid % 20_000);
  const entries = [
    ...Object.keys(files).map((name) => `(name = "${name}", esModule = embed "${name}")`),
    ...all.flatMap(({ name, module }) => {
      writeFileSync(join(scratch, `${name}.wasm`), module);
      writeFileSync(join(scratch, `${name}.json`), readFileSync(join(root, `tests/vectors/${name}.json`)));
      return [`(name = "${name}.wasm", wasm = embed "${name}.wasm")`, `(name = "${name}.json", json = embed "${name}.json")`];
    }),
  ];
  writeFileSync(join(scratch, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .main)], sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const main :Workerd.Worker = (compatibilityDate = "2026-10-01", modules = [${entries.join(", ")}]);
`);
  const server = spawn(bin("workerd"), ["serve", join(scratch, "config.capnp")], { stdio: ["ignore", "inherit", "inherit"] });
  try {
    for (let i = 0; ; i++) {
      const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      if (response) return { version: await ask(bin("workerd"), "--version"), ...JSON.parse(await response.text()) };
      if (i > 100) throw new Error("workerd does not answer");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    server.kill();
  }
}

/** A page that may run WebAssembly, but make no code from text. */
async function site() {
  const script = await bundle("page.mjs");
  const server = createServer(({ url }, response) => {
    const send = (type, body) => response.writeHead(200, { "content-type": type, "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" }).end(body);
    const [, folder, file] = url.split("/");
    const found = all.find(({ name }) => file?.startsWith(`${name}.`));
    if (url === "/") return send("text/html", '<!doctype html><meta charset="utf-8"><title>Riegel</title><script type="module" src="/page.js"></script>');
    if (url === "/page.js") return send("text/javascript", script);
    if (url === "/names") return send("application/json", JSON.stringify(all.map(({ name }) => name)));
    if (url === "/signatures.json") return send("application/json", signatures);
    if (url === "/event.json") return send("application/json", event);
    if (folder === "modules" && found) return send("application/wasm", found.module);
    if (folder === "vectors" && found) return send("application/json", readFileSync(join(root, "tests/vectors", file)));
    return response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function chromium() {
  const { chromium } = await import("playwright-core");
  const { url, close } = await site();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(`chromium: ${error}`));
    await page.goto(url);
    const result = await page.waitForFunction(() => globalThis.result, undefined, { timeout: 120_000 });
    return { version: browser.version(), ...JSON.parse(await result.jsonValue()) };
  } finally {
    await browser.close();
    close();
  }
}

async function firefox() {
  const { default: puppeteer } = await import("puppeteer-core");
  const { url, close } = await site();
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    // `waitForFunction` makes code from text, which the page's policy forbids: ask again and again.
    for (let i = 0; i < 600; i++) {
      const result = await page.evaluate(() => globalThis.result);
      if (result) return { version: (await browser.version()).replace("firefox/", ""), ...JSON.parse(result) };
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error("the page gave no result");
  } finally {
    await browser.close();
    close();
  }
}

const runtimes = {
  node: inProcess(async () => process.version, process.execPath),
  node26: inProcess(() => ask(bin("node"), "--version"), bin("node")),
  deno: inProcess(async () => (await ask(bin("deno"), "--version")).split(" ")[1], bin("deno"), "run", "--allow-read", "--allow-env"),
  bun: inProcess(() => ask(bin("bun"), "--version"), bin("bun")),
  workerd,
  chromium,
  firefox,
  wasmtime: async () => JSON.parse(await ask(process.env.PYTHON ?? "python3", "records.py", modules)),
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(runtimes);
const right = await expected(all);
const line = (...cells) => console.log(cells.map((cell, i) => String(cell).padEnd([10, 26, 9, 9, 8, 18, 10][i])).join(""));
line("runtime", "version", "vectors", "events", "failed", "records", "scenario");
let fine = true;
for (const name of wanted) {
  try {
    const { version, vectors, events, failed, digest, scenario, wrong } = await runtimes[name]();
    const good = failed === 0 && digest === right && ["fine", "-"].includes(scenario);
    fine &&= good;
    line(name, version, vectors, events || "-", failed, digest.slice(0, 16), scenario);
    for (const what of wrong) console.log(`  ${what}`);
  } catch (error) {
    fine = false;
    line(name, "-", "-", "-", "-", "not run", String(error.message ?? error).split("\n")[0]);
  }
}
line("expected", "tests/vectors", "", "", "", right.slice(0, 16), "");
rmSync(scratch, { recursive: true, force: true });
process.exit(fine ? 0 : 1);
