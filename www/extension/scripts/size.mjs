// The promises: 600 KB packed, 20 KB gzip for the content script. Fails above. Packs what it weighs.
import { zipSync } from "fflate";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const PACKED = 600 * 1024;
const CONTENT = 20 * 1024;
let above = false;
const say = (what, size, most) => {
  above ||= size > most;
  console.log(`${what.padEnd(36)} ${String(size).padStart(7)} bytes${most < Infinity ? `, at most ${most}${size > most ? ": ABOVE" : ""}` : ""}`);
};
const files = (folder, prefix = "") => readdirSync(join(folder, prefix)).flatMap((name) => (statSync(join(folder, prefix, name)).isDirectory() ? files(folder, join(prefix, name)) : [join(prefix, name)]));

for (const name of ["content.js", "net.js"]) say(`${name}, gzip`, gzipSync(readFileSync(join(dist, "chromium", name)), { level: 9 }).length, name === "content.js" ? CONTENT : Infinity);
for (const build of ["chromium", "chromium-managed", "firefox", "firefox-managed"]) {
  const folder = join(dist, build);
  // The same bytes from the same files: no time of day.
  const packed = zipSync(Object.fromEntries(files(folder).sort().map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))])), { level: 9, mtime: "2026-01-01T00:00:00Z" });
  writeFileSync(join(dist, `riegel-${build}.zip`), packed);
  say(`${build}, packed`, packed.length, PACKED);
}
process.exit(above ? 1 : 0);
