// Scan throughput in V8: node scan.mjs MODULE
// One line of JSON: bytes per second and finding counts, for the module and for V8's own
// RegExp with twelve common patterns, over the prose in tests/corpus/benign.

import { readFileSync } from "node:fs";
import { Host } from "../conformance/host.mjs";
import { best, documents, kilobytes } from "./measure.mjs";

const here = (path) => new URL(path, import.meta.url);
const bytes = readFileSync(process.argv[2]);

const coldStart = process.hrtime.bigint();
const host = new Host(new WebAssembly.Module(bytes));
decide("one@example.org");
const cold = Number(process.hrtime.bigint() - coldStart) / 1e3;

/** One decision on a text; gives the number of findings. */
function decide(text) {
  const { wasm, writer } = host;
  const frameLength = 24 + writer.slots.length * 8 + 12;
  if (host.room[1] < text.length * 3) host.reserve(4096, text.length * 3);
  const at = host.contentAt(frameLength);
  if (host.content?.buffer !== wasm.memory.buffer) host.content = new Uint8Array(wasm.memory.buffer);
  const length = (host.encoder ??= new TextEncoder()).encodeInto(text, host.content.subarray(at)).written;
  writer.write(wasm.memory, host.frame, {}, 20_833, [{ offset: 0, length, role: "user", direction: "outbound" }]);
  const record = wasm.decide(frameLength, length) >>> 0;
  return new DataView(wasm.memory.buffer).getUint32(record + 48, true);
}

const { patterns } = JSON.parse(readFileSync(here("patterns.json"), "utf8"));
const combined = new RegExp(Object.values(patterns).map((p) => `(?:${p})`).join("|"), "g");
const single = Object.values(patterns).map((p) => new RegExp(p, "g"));
const count = (regex, text) => {
  let n = 0;
  regex.lastIndex = 0;
  while (regex.exec(text)) n++;
  return n;
};

const result = { node: process.version, cold_us: cold, corpora: {} };
for (const name of ["de", "en"]) {
  const docs = documents(name);
  const size = Buffer.byteLength(docs.join(""));
  const rate = ({ value, seconds }) => ({ mb_s: size / seconds / 1e6, findings: value });
  const all = (f) => () => docs.reduce((sum, text) => sum + f(text), 0);
  const small = kilobytes(docs);
  const decisions = best(() => small.reduce((sum, text) => sum + decide(text), 0));
  result.corpora[name] = {
    module: rate(best(all(decide))),
    regexp_combined: rate(best(all((text) => count(combined, text)))),
    regexp_loop: rate(best(all((text) => single.reduce((sum, regex) => sum + count(regex, text), 0)))),
    decision_us: (decisions.seconds * 1e6) / small.length,
    decisions: small.length,
  };
}
console.log(JSON.stringify(result));
