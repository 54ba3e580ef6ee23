#!/usr/bin/env node
// Puts a module into JavaScript, for pages that may not fetch it (`connect-src 'none'`):
//
//   npx riegel-inline policy.wasm policy.js
//
// and then `import policy from "./policy.js"; guard.start({ source: policy });`.
import { readFileSync, writeFileSync } from "node:fs";

const [from, to] = process.argv.slice(2);
if (!to) {
  console.error("usage: riegel-inline MODULE.wasm OUT.js");
  process.exit(2);
}
const text = readFileSync(from).toString("base64");
writeFileSync(to, `// Made by riegel-inline. The bytes of a policy's module.\nexport default Uint8Array.from(atob("${text}"), (char) => char.charCodeAt(0));\n`);
