// Writes event frames in plain JavaScript, straight into a module's memory: no dependencies, no code
// generation, and no object per decision. Written from docs/abi.md ("Event frame").

const FRAME_MAGIC = 0x31454752; // "RGE1"
const UNKNOWN_VARIANT = 0xffffffff;
const ROLES = ["system", "user", "assistant", "tool", "document", "other"];
const DIRECTIONS = ["outbound", "inbound"];
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
