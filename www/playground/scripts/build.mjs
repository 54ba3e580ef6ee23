// Builds the page into a folder, packed, as `riegel playground` carries it; `--compare FOLDER` then
// compares it with another build. Needs @riegel/guard and @riegel/compiler built; `cargo xtask
// playground` sees to everything.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { build } from "vite";

const [folder = "built", , other] = process.argv.slice(2);
const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("tsconfig.json")], { stdio: "inherit" });
await build({ root: here("."), logLevel: "warn" });

// What others wrote goes on with their names.
const licences = [];
for (const scope of ["@codemirror", "@lezer", "@marijn", "crelt", "style-mod", "w3c-keyname", "lzma1"]) {
  const at = scope === "lzma1" ? here("../compiler/node_modules/lzma1") : here(`node_modules/${scope}`);
  const packages = scope.startsWith("@") ? readdirSync(at).map((name) => [`${scope}/${name}`, `${at}/${name}`]) : [[scope, at]];
  for (const [name, path] of packages) {
    const text = readdirSync(path).find((file) => /^licen[cs]e/i.test(file));
    if (!text) throw new Error(`${name} has no licence`);
    licences.push(`${name} ${JSON.parse(readFileSync(`${path}/package.json`, "utf8")).version}\n\n${readFileSync(`${path}/${text}`, "utf8").trim()}\n`);
  }
}

rmSync(here(folder), { recursive: true, force: true });
mkdirSync(here(folder), { recursive: true });
let all = 0;
const keep = (name, bytes) => {
  writeFileSync(here(`${folder}/${name}`), bytes);
  all += bytes.length;
};
for (const name of readdirSync(here("target/built")).sort()) {
  const bytes = readFileSync(here(`target/built/${name}`));
  if (name === "index.html") keep(name, bytes);
  else keep(`${name}.gz`, gzipSync(bytes, { level: 9 }));
}
keep("licences.txt.gz", gzipSync(licences.join(`\n${"-".repeat(72)}\n\n`), { level: 9 }));
console.log(`built: ${readdirSync(here(folder)).length} files, ${all} bytes`);

if (other) {
  const packed = (name) => name.endsWith(".gz");
  const read = (where, name) => (packed(name) ? gunzipSync(readFileSync(here(`${where}/${name}`))) : readFileSync(here(`${where}/${name}`)));
  const names = (where) => readdirSync(here(where)).filter((name) => name !== "sources").sort().join();
  // Another toolchain makes other bytes of the same compiler.
  const differ = readdirSync(here(folder)).filter((name) => name !== "packed-module.js.gz" && !(names(other).split(",").includes(name) && read(folder, name).equals(read(other, name))));
  if (names(folder) !== names(other) || differ.length) {
    console.error(`the committed page is another one than these sources give (${differ.join(", ") || names(folder)}): run \`cargo xtask playground --write\``);
    process.exit(1);
  }
  console.log("the committed page is what these sources give");
}
