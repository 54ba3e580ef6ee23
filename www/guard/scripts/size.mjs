// The promise: at most 8 KB gzip for `@riegel/guard`, and what grows fails. The other entries are loaded by those who
// need them; each has a bound of its own, so that none grows unseen.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const MOST = 8192;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
let fine = true;
const say = (what, contents, most) => {
  const size = gzipSync(contents, { level: 9 }).length;
  if (most && size > most) fine = false;
  console.log(`${what.padEnd(28)} ${String(contents.length).padStart(6)} bytes, ${String(size).padStart(6)} gzip${most ? `, at most ${most}${size > most ? "  ABOVE" : ""}` : ""}`);
};
say("@riegel/guard", readFileSync(join(resolveDir, "dist/index.js")), MOST);
for (const [entry, most] of [["vault", 2048], ["trust", 3072], ["seal", 700], ["synthetic", 500], ["words", 4096]]) {
  say(`@riegel/guard/${entry}`, readFileSync(join(resolveDir, `dist/${entry}.js`)), most);
}
process.exit(fine ? 0 : 1);
