// The promise: at most 8 KB gzip. Fails above, unless `--report` only asks how much it is.
// What a page loads is what it imports: without the vault, bundlers leave the vault out.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const MOST = 8192;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const measure = async (what, from) => {
  const contents = `export { ${what} } from "./dist/${from}.js";`;
  const { outputFiles } = await build({ stdin: { contents, resolveDir }, bundle: true, minify: true, format: "esm", target: "es2022", write: false, external: ["@riegel/guard"], legalComments: "none" });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  console.log(`${what.padEnd(28)} ${String(outputFiles[0].contents.length).padStart(6)} bytes, ${String(size).padStart(6)} gzip`);
  return size;
};
await measure("Guard", "index");
const whole = readFileSync(join(resolveDir, "dist/index.js"));
const all = gzipSync(whole, { level: 9 }).length;
console.log(`${"all of @riegel/guard".padEnd(28)} ${String(whole.length).padStart(6)} bytes, ${String(all).padStart(6)} gzip`);
await measure("seal, unseal", "seal");
await measure("synthetic", "synthetic");
await measure("inWords, errorInWords", "words");
console.log(all > MOST ? `ABOVE: @riegel/guard has ${all} bytes gzip, ${all - MOST} more than the ${MOST} it may have` : `at most ${MOST}`);
process.exit(all > MOST && !process.argv.includes("--report") ? 1 : 0);
