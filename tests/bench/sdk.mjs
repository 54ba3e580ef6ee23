// The SDK beside the hand-written host (tests/conformance/host.mjs and writer.mjs): node sdk.mjs DIR
// One line of JSON: microseconds in V8 for a decision on about one kilobyte of text, and on attributes alone.
// Passes of both sides alternate, so that both see the same machine; the best pass of each counts. Both are
// told the day: asking the clock takes about 0.04 µs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Guard } from "../../www/guard/dist/index.js";
import { Host } from "../conformance/host.mjs";
import { load } from "../conformance/writer.mjs";
import { documents, kilobytes } from "./measure.mjs";
import { events } from "./rules.mjs";

const ROUNDS = 200;
const DAY = "2027-01-15";
const encoder = new TextEncoder();
const bytes = (name) => readFileSync(join(process.argv[2], `${name}.wasm`));

/** Best times per item of two passes; each decision is the same on both sides before a time is taken. */
function duel(items, theirs, ours) {
  for (const item of items) {
    const [host, sdk] = [theirs(item), ours(item)];
    if (host !== sdk) throw new Error(`the host says ${host}, the SDK ${sdk}`);
  }
  const best = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [side, ask] of [theirs, ours].entries()) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < items.length; i++) ask(items[i]);
      best[side] = Math.min(best[side], Number(process.hrtime.bigint() - start) / 1e3 / items.length);
    }
  }
  return { host_us: best[0], sdk_us: best[1] };
}

async function content(corpus) {
  const host = new Host(new WebAssembly.Module(bytes("thirty")));
  host.reserve(4096, 1 << 16);
  const frame = 24 + host.writer.slots.length * 8 + 12;
  let room;
  const theirs = (text) => {
    const { buffer } = host.wasm.memory;
    if (room?.buffer !== buffer) room = new Uint8Array(buffer, host.contentAt(frame), 1 << 16);
    const { written: length } = encoder.encodeInto(text, room);
    host.writer.write(host.wasm.memory, host.frame, {}, 20_833, [{ offset: 0, length, role: "user", direction: "outbound" }]);
    return host.read(host.wasm.decide(frame, length)).effective;
  };
  const guard = await Guard.load(bytes("thirty"));
  return duel(kilobytes(documents(corpus)), theirs, (text) => guard.decide({ content: text }).verdict);
}

async function attributes(size) {
  const module = new WebAssembly.Module(bytes(`rules${size}`));
  const host = new Host(module, await load(new Host(module).schema));
  const guard = await Guard.load(bytes(`rules${size}`));
  const told = events(1000, size).map((event) => ({ ...event, today: DAY }));
  const theirs = (event) => host.read(host.decideAttributes(event, 20_833)).effective;
  return duel(told, theirs, (event) => guard.decide(event).verdict);
}

console.log(JSON.stringify({ de: await content("de"), en: await content("en"), 30: await attributes(30), 1000: await attributes(1000) }));
