// The promise: at most 8 KB gzip, and what grows fails. What a page loads is what it imports: without
// the vault, bundlers leave the vault out. With it the package is not yet within the promise; until
// then it may at least not become larger.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const MOST = 8192;
const MOST_WITH_VAULT = 9290;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
let fine = true;
const say = (what, contents, most) => {
  const size = gzipSync(contents, { level: 9 }).length;
  if (most && size > most) fine = false;
  console.log(`${what.padEnd(28)} ${String(contents.length).padStart(6)} bytes, ${String(size).padStart(6)} gzip${most ? `, at most ${most}${size > most ? "  ABOVE" : ""}` : ""}`);
};
const measure = async (what, from, most) => {
  const contents = `export { ${what} } from "./dist/${from}.js";`;
  const { outputFiles } = await build({ stdin: { contents, resolveDir }, bundle: true, minify: true, format: "esm", target: "es2022", write: false, external: ["@riegel/guard"], legalComments: "none" });
  say(what, outputFiles[0].contents, most);
};
await measure("Guard", "index", MOST);
say("all of @riegel/guard", readFileSync(join(resolveDir, "dist/index.js")), MOST_WITH_VAULT);
await measure("seal, unseal", "seal");
await measure("synthetic", "synthetic");
await measure("inWords, errorInWords", "words");
process.exit(fine ? 0 : 1);
