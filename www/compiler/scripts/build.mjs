// Builds dist/ out of target/bindgen, where `cargo xtask compiler` puts the module, its JavaScript and
// the packed library: the module made smaller and packed, and the scripts with their types.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compress } from "lzma1";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
if (!existsSync(here("target/bindgen/riegel_bg.wasm"))) {
  console.error("the compiler is not built yet: cargo xtask compiler --build");
  process.exit(1);
}
mkdirSync(here("target/kept"), { recursive: true });

/** Makes something of bytes, unless that was done before. */
function kept(bytes, what, make) {
  const file = here(`target/kept/${what}-${createHash("sha256").update(bytes).digest("hex").slice(0, 24)}`);
  if (!existsSync(file)) writeFileSync(file, make(bytes, file));
  return readFileSync(file);
}

const smaller = kept(readFileSync(here("target/bindgen/riegel_bg.wasm")), "wasm", (_, file) => {
  const features = ["simd", "bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];
  const options = ["-Oz", "--strip-debug", "--strip-producers", ...features.map((name) => `--enable-${name}`)];
  execFileSync(process.execPath, [here("node_modules/binaryen/bin/wasm-opt"), ...options, here("target/bindgen/riegel_bg.wasm"), "-o", `${file}.tmp`]);
  const bytes = readFileSync(`${file}.tmp`);
  rmSync(`${file}.tmp`);
  return bytes;
});

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"));
const library = readFileSync(here("target/bindgen/library.packed"));
for (const [name, packed] of [["module", kept(smaller, "lzma", (bytes) => compress(new Uint8Array(bytes), 9))], ["library", library]]) {
  writeFileSync(here(`dist/packed-${name}.js`), `export default "${packed.toString("base64")}";\n`);
  console.log(`${name}: ${packed.length} bytes packed`);
}
for (const name of ["riegel.js", "riegel.d.ts"]) copyFileSync(here(`target/bindgen/${name}`), here(`src/${name}`));
await build({
  absWorkingDir: here("."),
  entryPoints: ["src/index.ts", "src/core.ts"],
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  mainFields: ["module", "main"],
  sourcemap: true,
  legalComments: "none",
  external: ["./core.js", "./packed-*"],
  // Only what unpacks.
  alias: { "lzma1/decoder": here("node_modules/lzma1/lib/decoder.js"), "lzma1/streams": here("node_modules/lzma1/lib/streams.js") },
});
execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("tsconfig.json")], { stdio: "inherit" });
copyFileSync(here("src/riegel.d.ts"), here("dist/riegel.d.ts"));
