// All packs in one module beside the baseline alone: node packs.mjs BASELINE PACKS
// One line of JSON: microseconds in V8 for a decision on about one kilobyte of benign prose that is pasted
// into a public chat, and for one without content.

import { readFileSync } from "node:fs";
import { Host } from "../conformance/host.mjs";
import { best, documents, kilobytes } from "./measure.mjs";

const [baseline, packs] = process.argv.slice(2);
const encoder = new TextEncoder();
const EVENT = {
  action: "paste",
  "user.id": "u-4711",
  "tenant.id": "muster",
  "destination.host": "chatgpt.com",
  "destination.kind": "ai_chat",
  "destination.account": "company",
};

function measure(path) {
  const host = new Host(new WebAssembly.Module(readFileSync(path)));
  host.reserve(16_384, 65_536);
  const { wasm, writer } = host;
  const decide = (bytes) => {
    const parts = bytes.length > 0 ? [{ offset: 0, length: bytes.length, role: "user", direction: "outbound" }] : [];
    const length = writer.write(wasm.memory, host.frame, EVENT, 20_833, parts);
    new Uint8Array(wasm.memory.buffer, host.contentAt(length), bytes.length).set(bytes);
    const record = wasm.decide(length, bytes.length) >>> 0;
    const view = new DataView(wasm.memory.buffer);
    // An event that lacks something would be decided in no time.
    if (view.getUint8(record + 14) !== 0) throw new Error(`error ${view.getUint8(record + 14)} from ${path}`);
    return view.getUint32(record + 48, true);
  };
  const texts = kilobytes(documents("de")).slice(0, 200).map((text) => encoder.encode(text));
  const over = (list) => best(() => list.reduce((sum, bytes) => sum + decide(bytes), 0));
  const none = Array.from({ length: 1000 }, () => new Uint8Array(0));
  return {
    content_us: (over(texts).seconds * 1e6) / texts.length,
    attributes_us: (over(none).seconds * 1e6) / none.length,
  };
}

console.log(JSON.stringify({ baseline: measure(baseline), packs: measure(packs) }));
