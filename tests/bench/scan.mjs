// Scan throughput in V8: node scan.mjs THIRTY PLAIN EVERYTHING TEXTS
// One line of JSON: bytes per second and finding counts over the prose in tests/corpus/benign and the
// texts of `texts.mjs`, for three modules and for V8's own RegExp with twelve common patterns. The
// modules are given UTF-8, as hosts outside of a browser have it (`thirty`, `plain`, `everything`), and
// JavaScript strings, which TextEncoder turns into UTF-8 first (`thirty_strings`).

import { readFileSync } from "node:fs";
import { Host } from "../conformance/host.mjs";
import { best, documents, kilobytes } from "./measure.mjs";

const here = (path) => new URL(path, import.meta.url);
const encoder = new TextEncoder();
const ROOM = 1 << 20; // for content, in bytes

/** Decides on texts: gives the number of findings. */
class Scanner {
  constructor(module) {
    this.host = new Host(module);
    this.host.reserve(4096, ROOM);
    this.frameLength = 24 + this.host.writer.slots.length * 8 + 12;
    this.at = this.host.contentAt(this.frameLength);
  }

  /** Where content goes; a memory that grew has another buffer. */
  room() {
    const { buffer } = this.host.wasm.memory;
    if (this.content?.buffer !== buffer) this.content = new Uint8Array(buffer, this.at, ROOM);
    return this.content;
  }

  bytes(utf8) {
    this.room().set(utf8);
    return this.decide(utf8.length);
  }

  text(text) {
    return this.decide(encoder.encodeInto(text, this.room()).written);
  }

  decide(length) {
    const { wasm, writer, frame } = this.host;
    writer.write(wasm.memory, frame, {}, 20_833, [{ offset: 0, length, role: "user", direction: "outbound" }]);
    const record = wasm.decide(this.frameLength, length) >>> 0;
    return new DataView(wasm.memory.buffer).getUint32(record + 48, true);
  }
}

const [thirtyPath, plainPath, everythingPath, texts] = process.argv.slice(2);
const compiled = (path) => new WebAssembly.Module(readFileSync(path));
const thirtyBytes = readFileSync(thirtyPath);
const coldStart = process.hrtime.bigint();
const thirty = new Scanner(new WebAssembly.Module(thirtyBytes));
thirty.text("one@example.org");
const cold = Number(process.hrtime.bigint() - coldStart) / 1e3;
const plain = new Scanner(compiled(plainPath));
const everything = new Scanner(compiled(everythingPath));

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
for (const name of ["de", "en", "logs", "dense"]) {
  const docs = documents(name, texts);
  const size = Buffer.byteLength(docs.join(""));
  const rate = ({ value, seconds }) => ({ mb_s: size / seconds / 1e6, findings: value });
  const utf8 = docs.map((text) => encoder.encode(text));
  const over = (list, f) => () => list.reduce((sum, item) => sum + f(item), 0);
  const small = kilobytes(docs);
  const decisions = best(over(small, (text) => thirty.text(text)));
  result.corpora[name] = {
    thirty: rate(best(over(utf8, (bytes) => thirty.bytes(bytes)))),
    thirty_strings: rate(best(over(docs, (text) => thirty.text(text)))),
    plain: rate(best(over(utf8, (bytes) => plain.bytes(bytes)))),
    everything: rate(best(over(utf8, (bytes) => everything.bytes(bytes)))),
    regexp_combined: rate(best(over(docs, (text) => count(combined, text)))),
    regexp_loop: rate(best(over(docs, (text) => single.reduce((sum, regex) => sum + count(regex, text), 0)))),
    decision_us: (decisions.seconds * 1e6) / small.length,
    regexp_us: (best(over(small, (text) => count(combined, text))).seconds * 1e6) / small.length,
  };
}
// What the modules have asked for by now: content of a megabyte, and all that was found in it.
result.memory = Object.fromEntries(Object.entries({ thirty, plain, everything }).map(([name, { host }]) => [name, host.wasm.memory.buffer.byteLength]));
console.log(JSON.stringify(result));
