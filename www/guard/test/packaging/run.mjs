// `npm pack`, an empty project, and the README's examples as printed: in Node, and in a page built
// with vite, webpack and esbuild that a real browser opens (CHROMIUM, else /usr/bin/chromium).
// Needs `npm ci` here, and the modules (`node scripts/modules.mjs`).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright-core";
import { build as vite } from "vite";
import webpack from "webpack";
import { modules } from "../../scripts/paths.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const guard = fileURLToPath(new URL("../../", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "riegel-project-"));
const npm = (folder, ...args) => execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

const packed = npm(guard, "pack", "--json", "--pack-destination", project);
const { filename, files, size } = Object.values(JSON.parse(packed.slice(packed.search(/^[[{]/m))))[0];
console.log(`npm pack: ${filename}, ${files.length} files, ${size} bytes`);
assert.ok(files.some(({ path }) => path === "dist/index.js.map") && files.some(({ path }) => path === "dist/index.d.ts"));
assert.ok(!files.some(({ path }) => /test|target|scripts/.test(path)));
writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
npm(project, "install", "--offline", "--no-audit", `./${filename}`);
copyFileSync(join(modules, "baseline.wasm"), join(project, "policy.wasm"));

const readme = readFileSync(join(guard, "README.md"), "utf8");
const block = (name, language) => readme.match(new RegExp(`<!-- ${name} -->\\n\`\`\`${language}\\n([^]*?)\`\`\``))[1];

writeFileSync(join(project, "example.js"), block("example: node", "js"));
assert.equal(execFileSync(process.execPath, ["example.js"], { cwd: project, encoding: "utf8" }), block("output: node", "text"));
console.log("node: the README's example prints what it says");

// The types, as a strict program sees them.
writeFileSync(join(project, "typed.ts"), `import { Guard, type Decision, type RiegelError } from "@riegel/guard";
import { seal, unseal } from "@riegel/guard/seal";
import { synthetic } from "@riegel/guard/synthetic";
import { verify, verifyData, type Trust } from "@riegel/guard/trust";
import { Vault } from "@riegel/guard/vault";
import { inWords } from "@riegel/guard/words";
export async function ask(text: string): Promise<string> {
  const guard = await Guard.load(fetch("x")).catch((error: RiegelError) => error.guard!);
  const trust: Trust = { keys: [] };
  await Guard.load(verify(fetch("x"), trust, { policy: "acme", lowest: "1.0.0" })).catch(() => undefined);
  const { bytes, version } = await verifyData(new Uint8Array(), trust, { policy: "acme", tenant: "a", name: "b" }).catch(() => ({ bytes: new Uint8Array(), version: "" }));
  guard.configure(JSON.parse(new TextDecoder().decode(bytes) + version) as {});
  const decision: Decision = guard.decide({ action: "paste", destination: { host: "a.example" }, content: [{ role: "user", text }] });
  const vault = new Vault("c", await unseal(await seal(new Vault("c"), "key"), "key", "c"));
  return vault.disguise(decision.redacted<string>(vault), synthetic) + inWords(decision, "de").headline;
}
`);
execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "--ignoreConfig", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "false", "--lib", "es2022,dom", join(project, "typed.ts")], { stdio: "inherit" });
console.log("types: a strict program compiles");

const html = (script) => `<!doctype html><meta charset="utf-8"><title>Riegel</title><textarea></textarea><output></output><script type="module" src="${script}"></script>`;
const source = join(project, "page.js");
writeFileSync(source, block("example: page", "js"));
const out = (name) => {
  const folder = join(project, "built", name);
  mkdirSync(folder, { recursive: true });
  return folder;
};
const builders = {
  async vite(folder) {
    writeFileSync(join(project, "index.html"), html("./page.js"));
    await vite({ root: project, base: "./", logLevel: "error", build: { outDir: folder, target: "es2022", emptyOutDir: true } });
  },
  async webpack(folder) {
    const stats = await promisify(webpack)({ mode: "production", target: ["web", "es2022"], context: project, entry: source, experiments: { outputModule: true }, output: { path: folder, filename: "page.js", module: true } });
    assert.ok(!stats.hasErrors(), stats.toString());
    writeFileSync(join(folder, "index.html"), html("page.js"));
  },
  async esbuild(folder) {
    await esbuild({ absWorkingDir: project, entryPoints: [source], bundle: true, minify: true, format: "esm", target: "es2022", outfile: join(folder, "page.js"), logLevel: "error" });
    writeFileSync(join(folder, "index.html"), html("page.js"));
  },
};

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
try {
  for (const [name, build] of Object.entries(builders)) {
    const folder = out(name);
    await build(folder);
    cpSync(join(project, "policy.wasm"), join(folder, "policy.wasm"));
    const server = createServer(({ url }, response) => {
      const file = url === "/" ? "/index.html" : url;
      try {
        const body = readFileSync(join(folder, file));
        response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise((resolve) => server.listen(0, "localhost", resolve));
    const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"], locale: "de-DE" });
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`http://localhost:${server.address().port}/`);
    await page.waitForLoadState("networkidle");
    await page.evaluate(() => navigator.clipboard.writeText("Mail an jutta.kranz@werkstatt-sued.de"));
    await page.locator("textarea").focus();
    await page.keyboard.press("Control+V");
    await page.waitForFunction(() => document.querySelector("output").textContent);
    const [value, said] = await page.evaluate(() => [document.querySelector("textarea").value, document.querySelector("output").textContent]);
    assert.deepEqual(errors, []);
    assert.equal(value, "Mail an [EMAIL_1]");
    assert.match(said, /^Personenbezogene Angaben erkannt \(1\)/);
    console.log(`${name}: a paste in Chromium is redacted: ${value}`);
    await context.close();
    server.close();
  }
} finally {
  await browser.close();
}
rmSync(project, { recursive: true, force: true });
