// Texts made to cost: node hard.mjs MODULE [SECONDS]
// One line of JSON: how slow a module gets in V8. Every string that a detector of the library has for an
// example is repeated, whole and without its first or last character, so that each automaton is led along
// its own way and let down. From the worst of them it climbs for so many seconds: letters change, pieces
// go, come twice or come from another text; what costs more stays. The worst are then read at growing
// lengths: what costs more per byte the longer it is would be quadratic. Of the texts only the detector
// is told from whose examples they come.

import { readFileSync } from "node:fs";
import { Host } from "../conformance/host.mjs";
import { chance, examples } from "./measure.mjs";

const [modulePath, asked = "60"] = process.argv.slice(2);
const LENGTH = 4096;
const LENGTHS = [4096, 16_384, 65_536, 262_144];
const KEPT = 24;
const encoder = new TextEncoder();

const host = new Host(new WebAssembly.Module(readFileSync(modulePath)));
host.reserve(4096, 1 << 20);
const frameLength = 24 + host.writer.slots.length * 8 + 12;
const contentAt = host.contentAt(frameLength);

/** Nanoseconds per byte of a decision on the text. */
function cost(bytes, runs = 2) {
  const { wasm, writer, frame } = host;
  let least = Infinity;
  for (let run = 0; run < runs; run++) {
    new Uint8Array(wasm.memory.buffer, contentAt, bytes.length).set(bytes);
    writer.write(wasm.memory, frame, {}, 20_833, [{ offset: 0, length: bytes.length, role: "user", direction: "outbound" }]);
    const begun = process.hrtime.bigint();
    wasm.decide(frameLength, bytes.length);
    least = Math.min(least, Number(process.hrtime.bigint() - begun));
  }
  return least / bytes.length;
}

/** So many bytes of a text, again and again. */
function filled(bytes, length) {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += bytes.length) out.set(bytes.subarray(0, length - at), at);
  return out;
}

// The same climb every time.
const random = chance(1);

const seeds = [];
const seen = new Set();
for (const [name, text] of examples()) {
  for (const part of [text, `${text} `, `${text}\n`, text.slice(0, -1), text.slice(1)]) {
    const bytes = encoder.encode(part);
    if (bytes.length === 0 || seen.has(part)) continue;
    seen.add(part);
    seeds.push({ name, bytes });
  }
}
cost(filled(encoder.encode("warm up "), 1 << 18), 8);
for (const seed of seeds) seed.cost = cost(filled(seed.bytes, LENGTH));
seeds.sort((a, b) => b.cost - a.cost);
const worst = [];
for (const seed of seeds) if (worst.length < 10 && !worst.some((known) => known.name === seed.name)) worst.push(seed);

function changed({ name, bytes }) {
  const at = random(bytes.length + 1);
  const to = at + random(Math.min(32, bytes.length - at) + 1);
  const piece = bytes.subarray(at, to);
  const other = seeds[random(seeds.length)].bytes;
  const from = random(other.length);
  const between = [
    () => [],
    () => [...piece, ...piece],
    () => other.subarray(from, from + 1 + random(24)),
    () => [32 + random(95)],
  ][random(4)]();
  return { name, bytes: Uint8Array.from([...bytes.subarray(0, at), ...between, ...bytes.subarray(to)]).subarray(0, 512) };
}

const climbers = seeds.slice(0, KEPT);
let tried = 0;
for (const end = Date.now() + 1000 * Number(asked); Date.now() < end; tried++) {
  const place = random(climbers.length);
  const next = changed(climbers[place]);
  if (next.bytes.length === 0) continue;
  next.cost = cost(filled(next.bytes, LENGTH));
  // A quick look may be lucky for the one that is there, or unlucky for the new one.
  if (next.cost > climbers[place].cost) next.cost = cost(filled(next.bytes, LENGTH), 5);
  if (next.cost > climbers[place].cost) climbers[place] = next;
}
climbers.sort((a, b) => b.cost - a.cost);

const grown = [...worst.slice(0, 5), ...climbers.slice(0, 5)].map(({ bytes }) => {
  const costs = LENGTHS.map((length) => cost(filled(bytes, length), 4));
  return costs.at(-1) / costs[0];
});
const speed = ({ name, cost }) => ({ name, mb_s: 1e3 / cost });
console.log(JSON.stringify({ seeds: seeds.length, tried, worst: worst.map(speed), climbed: climbers.slice(0, 5).map(speed), growth: Math.max(...grown) }));
