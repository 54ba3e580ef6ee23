// The SDK against the hand-written host (tests/conformance/host.mjs and writer.mjs), in one run:
// a decision on about 1 KB of text at most 1.3 times its time, one on attributes at most twice.
// Passes of both sides alternate, so that both see the same machine; the best pass of each counts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Host } from "../../../tests/conformance/host.mjs";
import { load } from "../../../tests/conformance/writer.mjs";
import { documents, kilobytes } from "../../../tests/bench/measure.mjs";
import { events } from "../../../tests/bench/rules.mjs";
import { Guard } from "../dist/index.js";
import { modules } from "../scripts/paths.mjs";

const bytes = (name) => readFileSync(join(modules, `${name}.wasm`));
const ROUNDS = 200;

/** Best times in µs per item of two passes that must count the same. */
function duel(items, theirs, ours) {
  const best = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const counts = [theirs, ours].map((ask, side) => {
      const start = process.hrtime.bigint();
      let count = 0;
      for (let i = 0; i < items.length; i++) count += ask(items[i]);
      best[side] = Math.min(best[side], Number(process.hrtime.bigint() - start) / 1e3 / items.length);
      return count;
    });
    if (counts[0] !== counts[1]) throw new Error(`the two sides counted ${counts}`);
  }
  return best;
}

const results = [];
const row = (name, [theirs, ours], most) => {
  results.push(ours / theirs <= most);
  console.log(`${name.padEnd(34)} ${theirs.toFixed(3).padStart(8)} ${ours.toFixed(3).padStart(8)}  ${(ours / theirs).toFixed(2)} ×, at most ${most} ${ours / theirs <= most ? "" : "  ABOVE"}`);
};
console.log(`node ${process.version}                          host, µs  SDK, µs`);

const encoder = new TextEncoder();
for (const corpus of ["de", "en"]) {
  const module = new WebAssembly.Module(bytes("thirty"));
  const host = new Host(module);
  host.reserve(4096, 1 << 16);
  const frame = 24 + host.writer.slots.length * 8 + 12;
  let content;
  const theirs = (text) => {
    if (content?.buffer !== host.wasm.memory.buffer) content = new Uint8Array(host.wasm.memory.buffer, host.contentAt(frame), 1 << 16);
    const { written: length } = encoder.encodeInto(text, content);
    host.writer.write(host.wasm.memory, host.frame, {}, 20_833, [{ offset: 0, length, role: "user", direction: "outbound" }]);
    const { effective } = host.read(host.wasm.decide(frame, length));
    return effective === "allow" ? 0 : 1;
  };
  const guard = await Guard.load(bytes("thirty"));
  const ours = (text) => (guard.decide({ content: text }).verdict === "allow" ? 0 : 1);
  row(`1 KB of text, ${corpus}`, duel(kilobytes(documents(corpus)), theirs, ours), 1.3);
}
for (const size of [30, 1000]) {
  const module = new WebAssembly.Module(bytes(`rules${size}`));
  const host = new Host(module, await load(new Host(module).schema));
  const guard = await Guard.load(bytes(`rules${size}`));
  const theirs = (event) => {
    const { effective } = host.read(host.decideAttributes(event, 20_833));
    return effective === "allow" ? 0 : 1;
  };
  const ours = (event) => (guard.decide(event).verdict === "allow" ? 0 : 1);
  // The host is told the day; so is the SDK. (Asking the clock takes about 0.04 µs.)
  const told = events(1000, size).map((event) => ({ ...event, today: "2027-01-15" }));
  row(`attributes alone, ${size} rules`, duel(told, theirs, ours), 2);
}
process.exit(results.every(Boolean) ? 0 : 1);
