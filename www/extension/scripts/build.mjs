// Builds dist/: the extension for Chromium and Firefox, as the store has it and as administrators
// roll it out. One source; what differs is the manifest.
//
//   node scripts/build.mjs [--test]      --test adds pages on chat.localhost to the catalogue
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closed, manifest, services } from "./manifest.mjs";

export const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const root = here("../../");
const test = process.argv.includes("--test");

/** The packed policy; what is newer than its sources stays. */
function policy() {
  const out = here("target/policy.wasm");
  const built = join(root, "target/release/riegel");
  const [program, ...args] = process.env.RIEGEL ? [process.env.RIEGEL] : existsSync(built) ? [built] : ["cargo", "run", "--release", "--quiet", "--"];
  const changed = (...files) => Math.max(...files.filter(existsSync).map((file) => statSync(file).mtimeMs));
  const folder = (name) => readdirSync(join(root, name)).map((file) => join(root, name, file));
  mkdirSync(here("target"), { recursive: true });
  if (!existsSync(out) || changed(out) < changed(here("policy/store.riegel"), program, ...folder("policies/packs"), ...folder("policies/lib"))) {
    execFileSync(program, [...args, "test", here("policy/store.riegel")], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    execFileSync(program, [...args, "build", here("policy/store.riegel"), "-o", out], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  }
  return out;
}

const { version } = JSON.parse(readFileSync(here("package.json"), "utf8"));
const module = policy();
const { catalogue, matches } = services(test ? ["chat.localhost"] : []);
const out = test ? "target/test" : "dist";
rmSync(here(out), { recursive: true, force: true });
const code = here("target/code");
rmSync(code, { recursive: true, force: true });
const alias = { "@riegel/guard": here("../guard/src/index.ts"), "@riegel/guard/trust": here("../guard/src/trust.ts"), "@riegel/guard/vault": here("../guard/src/vault.ts"), "@riegel/widget/parts": here("../widget/src/parts.ts") };
const { metafile } = await build({
  absWorkingDir: here("."),
  entryPoints: { background: "src/background/main.ts", content: "src/content/main.ts", net: "src/page/net.ts", options: "src/options/main.ts", works: "src/options/works.ts" },
  outdir: code,
  bundle: true,
  minify: true,
  treeShaking: true,
  metafile: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  alias,
  define: { SERVICES: JSON.stringify(catalogue) },
});
writeFileSync(here("target/meta.json"), JSON.stringify(metafile));
// From the same description as the code that reads it.
const { outputFiles } = await build({ entryPoints: [here("src/shared/settings.ts")], bundle: true, format: "esm", write: false });
const { managedSchema } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);

for (const browser of ["chromium", "firefox"]) {
  for (const managed of [false, true]) {
    const to = here(join(out, `${browser}${managed ? "-managed" : ""}`));
    mkdirSync(to, { recursive: true });
    cpSync(code, to, { recursive: true });
    cpSync(here("static"), to, { recursive: true });
    cpSync(module, join(to, "policy.wasm"));
    writeFileSync(join(to, "manifest.json"), JSON.stringify(manifest({ browser, managed, matches, version }), null, 1));
    if (browser === "chromium") writeFileSync(join(to, "managed-schema.json"), JSON.stringify(managedSchema()));
    if (managed) writeFileSync(join(to, "closed.json"), JSON.stringify(closed(catalogue)));
  }
}
