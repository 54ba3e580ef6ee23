// The promise: at most 8 KB gzip, everything included. Fails above.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST = 8192;
const bytes = readFileSync(new URL("../dist/index.js", import.meta.url));
const size = gzipSync(bytes, { level: 9 }).length;
console.log(`size: ${bytes.length} bytes, ${size} gzip; at most ${MOST}`);
if (size > MOST) process.exit(1);
