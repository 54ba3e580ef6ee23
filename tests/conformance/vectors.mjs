// Runs the shared vectors in V8: node vectors.mjs DIRECTORY-OF-MODULES
// Each vector's frame is also written anew from its event, and must be the same bytes; and where there is
// no content, a frame of numbers from the generated writer must get the same record.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { days } from "./frame.mjs";
import { Host } from "./host.mjs";
import { load } from "./writer.mjs";

const vectors = new URL("../vectors/", import.meta.url).pathname;
const modules = process.argv[2];
if (!modules) {
  console.error("usage: node vectors.mjs DIRECTORY-OF-MODULES");
  process.exit(2);
}
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const unhex = (text) => new Uint8Array(Buffer.from(text, "hex"));

let [passed, failed, numbers] = [0, 0, 0];
for (const file of readdirSync(vectors).filter((name) => name.endsWith(".json")).sort()) {
  const name = file.replace(".json", "");
  const module = new WebAssembly.Module(readFileSync(join(modules, `${name}.wasm`)));
  const shared = new Host(module);
  const write = await load(shared.schema);
  for (const vector of JSON.parse(readFileSync(join(vectors, file), "utf8")).vectors) {
    const wrong = check(module, shared, write, vector);
    if (wrong) console.log(`FAILED ${name}: ${vector.name}: ${wrong}`);
    wrong ? failed++ : passed++;
  }
}
console.log(`node ${process.version}: ${passed} vectors passed, ${failed} failed (${numbers} as numbers too)`);
process.exit(failed || !passed || !numbers ? 1 : 0);

/** What is wrong, or nothing. */
function check(module, shared, write, vector) {
  const host = vector.config ? new Host(module) : shared;
  if (vector.config) {
    const status = host.configure(unhex(vector.config));
    if (status !== 0) return `configure gave ${status}`;
  }
  const text = unhex(vector.text);
  if (vector.event) {
    host.reserve(65536, 0);
    const { attributes, today, parts } = vector.event;
    const length = host.writer.write(host.wasm.memory, host.frame, attributes, today, parts);
    const written = new Uint8Array(host.wasm.memory.buffer, host.frame, length);
    if (hex(written) !== vector.frame) return `the frame is ${hex(written)}`;
  }
  if (vector.event?.parts.length === 0) {
    const { attributes, today } = vector.event;
    // Twice: nothing of the first decision may be seen by the second.
    for (let i = 0; i < 2; i++) {
      const length = write(host.words, host.frame >> 2, attributes, days(today));
      if (length === 0) break;
      const record = hex(host.recordBytes(host.wasm.decide(length, 0)).fill(0, 16, 32));
      if (record !== vector.record) return `with numbers the record is ${record}`;
      if (new Uint8Array(host.wasm.memory.buffer, host.frame, length).some((byte) => byte !== 0)) return "the frame stayed";
      numbers++;
    }
  }
  const bytes = host.decideBytes(unhex(vector.frame), text);
  // The build id depends on the kernel's bytes; in the files it is zero.
  if (hex(bytes.subarray(16, 32)) !== host.policy.build) return "the record carries another build";
  const record = hex(bytes.fill(0, 16, 32));
  return record === vector.record ? undefined : `the record is ${record}`;
}
