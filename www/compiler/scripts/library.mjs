// The library in one piece, as src/browser/files.rs says: `node library.mjs OUT` writes it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const policies = fileURLToPath(new URL("../../../policies", import.meta.url));

/** As many blanks as a text has bytes, its line ends kept. */
const blank = (text) => text.replace(/[^\n]+/g, (line) => " ".repeat(Buffer.byteLength(line)));

/** Comments of the library say why a pattern is as it is, and counterexamples are tried when it is made: nobody
 * reads either here. Blanks keep every place. */
const bare = (text) => text
  .replace(/^[ \t]*\/\/.*$/gm, blank)
  .replace(/^[ \t]*counterexamples(?:\s*,?\s*"(?:[^"\\]|\\.)*")+/gm, blank);

/** Name and text of each file: policies, detectors, and the lists that they name. */
export function files() {
  const found = [];
  const lists = new Set();
  for (const folder of ["lib", "packs"]) {
    for (const name of readdirSync(join(policies, folder)).filter((name) => name.endsWith(".riegel")).sort()) {
      const text = readFileSync(join(policies, folder, name), "utf8");
      found.push([`${folder}.${name.slice(0, -".riegel".length)}`, folder === "lib" ? bare(text) : text]);
      for (const [, list] of text.matchAll(/^\s*(?:list|hashed list|fingerprint)\s+[\w.]+[^"\n]*\bfrom\s+"(data\/[^"]+)"/gm)) lists.add(list);
    }
  }
  for (const name of [...lists].sort()) found.push([name, readFileSync(join(policies, "lib", name), "utf8")]);
  return found;
}

/** Sorted words share beginnings with their neighbours. */
function lines(text) {
  const out = [];
  let before = Buffer.alloc(0);
  text.toString("utf8").split("\n").forEach((written, i) => {
    const line = Buffer.from(written);
    let shared = 0;
    while (shared < 127 && shared < before.length && shared < line.length && before[shared] === line[shared]) shared += 1;
    if (i) out.push(Buffer.from("\n"));
    out.push(Buffer.from([128 + shared]), line.subarray(shared));
    before = line;
  });
  return Buffer.concat(out);
}

/** The archive. */
export function archive() {
  const pieces = [Buffer.from("RIEGEL-L")];
  for (const [name, text] of files()) {
    const list = name.startsWith("data/");
    const stored = list ? lines(Buffer.from(text)) : Buffer.from(text);
    const head = Buffer.alloc(2 + Buffer.byteLength(name) + 5);
    head.writeUInt16LE(Buffer.byteLength(name), 0);
    head.write(name, 2);
    head.writeUInt8(list ? 1 : 0, head.length - 5);
    head.writeUInt32LE(stored.length, head.length - 4);
    pieces.push(head, stored);
  }
  return Buffer.concat(pieces);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(process.argv[2], archive());
