// A host for Riegel modules in plain JavaScript: no dependencies, no code generation.
// Written from docs/abi.md. It writes event frames straight into the module's memory,
// calls `decide`, and reads the decision record. Used by the vectors and the benchmark.

const FRAME_MAGIC = 0x31454752; // "RGE1"
const RECORD_MAGIC = 0x31444752; // "RGD1"
const UNKNOWN_VARIANT = 0xffffffff;
const ROLES = ["system", "user", "assistant", "tool", "document", "other"];
const DIRECTIONS = ["outbound", "inbound"];
const VERDICTS = ["allow", "log", "warn", "justify", "redact", "approve", "block"];
const encoder = new TextEncoder();

/** Days since 1970-01-01 of `YYYY-MM-DD`; a number is taken as it is. */
export const days = (date) => (typeof date === "number" ? date : Date.parse(`${date}T00:00:00Z`) / 86_400_000);

/** Writes event frames for one schema. */
export class FrameWriter {
  constructor(schema) {
    this.hash = schema.hash;
    this.slots = schema.slots.map((slot) => ({
      name: slot.name,
      path: slot.name.split("."),
      type: slot.type,
      variants: new Map((slot.variants ?? []).map((variant, i) => [variant, i + 1])),
    }));
    this.known = []; // texts of this frame, and where they lie
    this.knownAt = [];
  }

  /**
   * Writes `event` (attributes nested or dotted) at `base` (a multiple of 4) of `memory`; gives
   * the frame's length. `parts` are `{offset, length, role, direction}`.
   */
  write(memory, base, event, today, parts) {
    if (this.buffer !== memory.buffer) {
      this.buffer = memory.buffer;
      this.bytes = new Uint8Array(this.buffer);
      this.words = new Uint32Array(this.buffer);
      this.view = new DataView(this.buffer);
    }
    const { words, slots } = this;
    let at = base >> 2;
    words[at++] = FRAME_MAGIC;
    words[at++] = this.hash;
    words[at++] = slots.length;
    words[at++] = parts.length;
    words[at++] = days(today);
    words[at++] = 0;
    this.base = base;
    this.end = base + 24 + slots.length * 8 + parts.length * 12;
    this.known.length = 0;
    this.knownAt.length = 0;
    for (let i = 0; i < slots.length; i++, at += 2) {
      const slot = slots[i];
      let value = event[slot.name];
      if (value === undefined && slot.path.length > 1) {
        value = event;
        for (const key of slot.path) value = value?.[key];
      }
      words[at] = 0;
      words[at + 1] = 0;
      if (value !== undefined && value !== null) this.slot(slot, value, at);
    }
    for (const part of parts) {
      words[at++] = part.offset;
      words[at++] = part.length;
      words[at++] = ROLES.indexOf(part.role) | (DIRECTIONS.indexOf(part.direction) << 8);
    }
    return this.end - base;
  }

  slot(slot, value, at) {
    const { words } = this;
    switch (slot.type) {
      case "bool":
        words[at] = value ? 2 : 1;
        break;
      case "enum":
        words[at] = slot.variants.get(value) ?? UNKNOWN_VARIANT;
        break;
      case "int":
      case "date":
        words[at] = 1;
        words[at + 1] = slot.type === "date" ? days(value) : value;
        break;
      case "set": {
        const list = this.end;
        words[at] = list - this.base;
        words[at + 1] = value.length;
        this.end += value.length * 8;
        for (let i = 0; i < value.length; i++) {
          this.view.setUint32(list + i * 8, this.text(value[i]), true);
          this.view.setUint32(list + i * 8 + 4, this.length, true);
        }
        break;
      }
      default:
        words[at] = this.text(value);
        words[at + 1] = this.length;
    }
  }

  /** Puts a text on the heap, unless it is there already; gives its offset, and its length aside. */
  text(value) {
    const at = this.known.indexOf(value);
    if (at >= 0) {
      this.length = this.knownAt[2 * at + 1];
      return this.knownAt[2 * at];
    }
    const { bytes, end } = this;
    let i = 0;
    for (; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) break;
      bytes[end + i] = code;
    }
    this.length = i === value.length ? i : encoder.encodeInto(value, bytes.subarray(end)).written;
    this.end = end + this.length;
    this.known.push(value);
    this.knownAt.push(end - this.base, this.length);
    return end - this.base;
  }
}

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
