// `npm pack`, an empty project, and the README's examples as printed: in Node, and in a page built
// with vite, webpack and esbuild that a real browser opens (CHROMIUM, else /usr/bin/chromium), with
// the demo's streaming server behind it. Needs `npm ci` here, and the modules (`node scripts/modules.mjs`).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import { chromium } from "playwright-core";
import { build as vite } from "vite";
import webpack from "webpack";
import { serve } from "../../demo/server.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const widget = fileURLToPath(new URL("../../", import.meta.url));
const modules = join(widget, "target/modules");
const project = mkdtempSync(join(tmpdir(), "riegel-project-"));
const npm = (folder, ...args) => execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

const pack = (folder) => {
  const packed = npm(folder, "pack", "--json", "--pack-destination", project);
  return Object.values(JSON.parse(packed.slice(packed.search(/^[[{]/m))))[0];
};
const guard = pack(join(widget, "../guard"));
const { filename, files, size } = pack(widget);
console.log(`npm pack: ${filename}, ${files.length} files, ${size} bytes`);
assert.ok(files.some(({ path }) => path === "dist/index.js.map") && files.some(({ path }) => path === "dist/index.d.ts"));
assert.ok(!files.some(({ path }) => /test|target|demo|node_modules/.test(path)));
writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
// Both from here: neither is in a registry yet.
npm(project, "install", "--offline", "--no-audit", `./${guard.filename}`, `./${filename}`);
copyFileSync(join(modules, "baseline.wasm"), join(project, "policy.wasm"));

const readme = readFileSync(join(widget, "README.md"), "utf8");
const block = (name, language) => readme.match(new RegExp(`<!-- ${name} -->\\n\`\`\`${language}\\n([^]*?)\`\`\``))[1];
const markup = readme.match(/```html\n([^]*?)```/)[1];

writeFileSync(join(project, "example.js"), block("example: node", "js"));
assert.equal(execFileSync(process.execPath, ["example.js"], { cwd: project, encoding: "utf8" }), block("output: node", "text"));
console.log("node: the README's example prints what it says");

execFileSync("npx", ["--no-install", "riegel-inline", "policy.wasm", "policy.js"], { cwd: project });
assert.deepEqual(Buffer.from((await import(join(project, "policy.js"))).default), readFileSync(join(project, "policy.wasm")));
console.log("riegel-inline: the same bytes");

writeFileSync(join(project, "typed.ts"), `import { RiegelGuard, type Note } from "@riegel/widget";
import { guardChat, Session, type Check } from "@riegel/widget/chat";
import { Guard } from "@riegel/guard";
export async function wrap(): Promise<[typeof fetch, Check]> {
  const guard = document.querySelector("riegel-guard")!;
  const same: RiegelGuard = guard;
  await same.start({ source: [fetch("x")], event: { destination: { host: "a.example" } } });
  const session = new Session(await Guard.load(fetch("x")));
  return [guardChat(fetch, session, { onNote: (note: Note) => void note.stopped }), session.check("type", "x")];
}
`);
execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "--ignoreConfig", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "false", "--lib", "es2022,dom,dom.iterable", join(project, "typed.ts")], { stdio: "inherit" });
console.log("types: a strict program compiles");

const html = (script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Riegel</title>\n${markup}<script type="module" src="${script}"></script></html>`;
const source = join(project, "page.js");
writeFileSync(source, block("example: page", "js"));
const builders = {
  async vite(folder) {
    writeFileSync(join(project, "index.html"), html("./page.js"));
    await vite({ root: project, base: "./", logLevel: "error", build: { outDir: folder, target: "es2022", emptyOutDir: true, rollupOptions: { output: { entryFileNames: "page.js" } } } });
  },
  async webpack(folder) {
    const stats = await promisify(webpack)({ mode: "production", target: ["web", "es2022"], context: project, entry: source, experiments: { outputModule: true }, output: { path: folder, filename: "page.js", module: true } });
    assert.ok(!stats.hasErrors(), stats.toString());
  },
  async esbuild(folder) {
    await esbuild({ absWorkingDir: project, entryPoints: [source], bundle: true, minify: true, format: "esm", target: "es2022", outfile: join(folder, "page.js"), logLevel: "error" });
  },
};

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
try {
  for (const [name, build] of Object.entries(builders)) {
    const folder = join(project, "built", name);
    mkdirSync(folder, { recursive: true });
    await build(folder);
    const server = await serve(0, { files: { "index.html": html("page.js"), "page.js": readFileSync(join(folder, "page.js"), "utf8"), "policy.wasm": readFileSync(join(project, "policy.wasm")) } });
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(server.url);
    await page.locator("textarea").focus();
    await page.keyboard.type("Mail to jutta.kranz@werkstatt-sued.de");
    await page.getByRole("button", { name: "Redact the marked places" }).click();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.waitForFunction(() => document.querySelector("output").textContent);
    assert.equal(await page.locator("output").textContent(), "Gern. Sie schrieben: Mail to jutta.kranz@werkstatt-sued.de");
    assert.deepEqual(server.sent.map(({ messages }) => messages[0].content), ["Mail to [EMAIL_1]"]);
    assert.deepEqual(errors, []);
    console.log(`${name}: a message in Chromium is redacted, sent and restored`);
    await page.close();
    await server.close();
  }
} finally {
  await browser.close();
}
rmSync(project, { recursive: true, force: true });
