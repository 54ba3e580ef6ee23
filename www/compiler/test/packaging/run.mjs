// `npm pack`, an empty project, and the README's examples as printed: in Node, and in a page built
// with vite, webpack and esbuild that a real browser opens (CHROMIUM, else /usr/bin/chromium).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright-core";
import { build as vite } from "vite";
import webpack from "webpack";

const compiler = fileURLToPath(new URL("../../", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "riegel-project-"));
const npm = (folder, ...args) => execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

const packed = npm(compiler, "pack", "--json", "--pack-destination", project);
const { filename, files, size } = Object.values(JSON.parse(packed.slice(packed.search(/^[[{](?!.*: )/m))))[0];
console.log(`npm pack: ${filename}, ${files.length} files, ${size} bytes`);
assert.ok(["dist/index.js", "dist/index.d.ts", "dist/riegel.d.ts", "dist/packed-module.js"].every((path) => files.some((file) => file.path === path)));
assert.ok(!files.some(({ path }) => /test|target|scripts/.test(path)));
writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
npm(project, "install", "--offline", "--no-audit", `./${filename}`);

const readme = readFileSync(join(compiler, "README.md"), "utf8");
const block = (name, language) => readme.match(new RegExp(`<!-- ${name} -->\\n\`\`\`${language}\\n([^]*?)\`\`\``))[1];

writeFileSync(join(project, "example.js"), block("example: node", "js"));
assert.equal(execFileSync(process.execPath, ["example.js"], { cwd: project, encoding: "utf8" }), block("output: node", "text"));
console.log("node: the README's example prints what it says");

const html = (script) => `<!doctype html><meta charset="utf-8"><title>Riegel</title><textarea></textarea><output></output><script type="module" src="${script}"></script>`;
const source = join(project, "page.js");
writeFileSync(source, block("example: page", "js"));
const builders = {
  async vite(folder) {
    writeFileSync(join(project, "index.html"), html("./page.js"));
    await vite({ root: project, base: "./", logLevel: "error", build: { outDir: folder, target: "es2022", emptyOutDir: true, chunkSizeWarningLimit: 4096 } });
  },
  async webpack(folder) {
    const stats = await promisify(webpack)({ mode: "production", target: ["web", "es2022"], context: project, entry: source, experiments: { outputModule: true }, output: { path: folder, filename: "page.js", module: true }, performance: { hints: false } });
    assert.ok(!stats.hasErrors(), stats.toString());
    writeFileSync(join(folder, "index.html"), html("page.js"));
  },
  async esbuild(folder) {
    await esbuild({ absWorkingDir: project, entryPoints: [source], bundle: true, splitting: true, minify: true, format: "esm", target: "es2022", outdir: folder, logLevel: "error" });
    writeFileSync(join(folder, "index.html"), html("page.js"));
  },
};

const TYPES = { ".html": "text/html", ".js": "text/javascript" };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
try {
  for (const [name, build] of Object.entries(builders)) {
    const folder = join(project, "built", name);
    mkdirSync(folder, { recursive: true });
    await build(folder);
    let sent = 0;
    const server = createServer(({ url }, response) => {
      const file = url === "/" ? "/index.html" : url;
      try {
        const body = readFileSync(join(folder, file));
        sent += body.length;
        response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise((resolve) => server.listen(0, "localhost", resolve));
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(`http://localhost:${server.address().port}/`);
    await page.waitForLoadState("networkidle");
    assert.ok(sent < 20_000, `${name}: ${sent} bytes before anybody began`);
    await page.locator("textarea").pressSequentially('policy p "P" { version "1.0.0" languages en on_error blok }');
    await page.waitForFunction(() => document.querySelector("output").textContent.includes("blok"));
    assert.deepEqual(errors, []);
    console.log(`${name}: lazily loaded, and says in Chromium: ${await page.locator("output").textContent()}`);
    await page.close();
    server.close();
  }
} finally {
  await browser.close();
}
rmSync(project, { recursive: true, force: true });
