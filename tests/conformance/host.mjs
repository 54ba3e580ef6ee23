// A host for Riegel modules in plain JavaScript: no dependencies, no code generation.
// Written from docs/abi.md. It has event frames written (`frame.mjs`), calls `decide`, and reads
// the decision record. Used by the vectors and the benchmark.

import { FrameWriter } from "./frame.mjs";

const RECORD_MAGIC = 0x31444752; // "RGD1"
/** Verdicts in the order of their numbers. */
export const VERDICTS = ["allow", "log", "warn", "justify", "redact", "approve", "block"];

/** A module, ready to decide. One instance serves any number of decisions. */
export class Host {
  /** `write` is what `writer.mjs` made for this module's schema; without it frames are written as bytes. */
  constructor(module, write) {
    const json = (name) => JSON.parse(new TextDecoder().decode(WebAssembly.Module.customSections(module, name)[0]));
    if (WebAssembly.Module.imports(module).length > 0) throw new Error("the module has imports");
    this.schema = json("riegel.schema");
    this.policy = json("riegel.policy");
    this.wasm = new WebAssembly.Instance(module).exports;
    if (this.wasm.abi_version() !== 1) throw new Error("another ABI");
    this.writer = new FrameWriter(this.schema);
    this.write = write;
    this.reserve(4096, 0);
  }

  /** Looks at the memory anew where it grew. (A view of a memory that grew has no length.) */
  look() {
    const { buffer } = this.wasm.memory;
    this.bytes = new Uint8Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  /** Makes room for a frame and content; gives the frame's address. */
  reserve(frame, content) {
    this.frame = this.wasm.reserve(frame, content) >>> 0;
    if (this.frame === 0) throw new Error("no memory for this content");
    if (!this.bytes?.length) this.look();
    return this.frame;
  }

  /** Content lies at the first multiple of 16 behind the frame. */
  contentAt(frameLength) {
    return (this.frame + frameLength + 15) & ~15;
  }

  /** Decides about bytes that somebody else wrote; gives the record's bytes. */
  decideBytes(frame, content) {
    this.reserve(frame.length, content.length);
    const memory = new Uint8Array(this.wasm.memory.buffer);
    memory.set(frame, this.frame);
    memory.set(content, this.contentAt(frame.length));
    return this.recordBytes(this.wasm.decide(frame.length, content.length));
  }

  /** Decides on attributes alone; gives the address of the record. */
  decideAttributes(event, today) {
    const length = this.write?.(this.words, this.frame >> 2, event, today) ?? 0;
    if (length > 0) return this.wasm.decide(length, 0);
    return this.wasm.decide(this.writer.write(this.wasm.memory, this.frame, event, today, []), 0);
  }

  /** Takes a configuration frame; 0 is success. */
  configure(frame) {
    this.reserve(frame.length, 0);
    new Uint8Array(this.wasm.memory.buffer).set(frame, this.frame);
    return this.wasm.configure(frame.length);
  }

  recordBytes(at) {
    at >>>= 0;
    const view = new DataView(this.wasm.memory.buffer);
    if (at === 0 || view.getUint32(at, true) !== RECORD_MAGIC) throw new Error("no record");
    return new Uint8Array(this.wasm.memory.buffer).slice(at, at + view.getUint32(at + 4, true));
  }

  /** Verdicts and fired rules of the record at an address. */
  read(at) {
    at >>>= 0;
    if (this.bytes.length === 0) this.look();
    const { bytes, halves } = this;
    const rules = [];
    for (let i = (at + 56) >> 1, n = halves[(at + 40) >> 1]; n > 0; i += 6, n--) rules.push(halves[i]);
    return { verdict: VERDICTS[bytes[at + 12]], effective: VERDICTS[bytes[at + 13]], rules };
  }
}
