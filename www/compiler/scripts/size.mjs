// The promise: at most 900 KB gzip for everything that a page loads. Fails above.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const MOST = 900 * 1024;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
let all = 0;
for (const name of readdirSync(dist).filter((name) => name.endsWith(".js"))) {
  const bytes = readFileSync(dist + name);
  const size = gzipSync(bytes, { level: 9 }).length;
  all += size;
  console.log(`${name.padEnd(22)} ${String(bytes.length).padStart(8)} bytes, ${String(size).padStart(7)} gzip`);
}
console.log(`${"all".padEnd(22)} ${"".padStart(14)}  ${String(all).padStart(7)} gzip, at most ${MOST}${all > MOST ? "  ABOVE" : ""}`);
process.exit(all > MOST ? 1 : 0);
