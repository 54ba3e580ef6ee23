// Writes event frames straight into the module's memory (docs/abi.md, *Event frame*).
//
//   header (24) | value (8) × slots | part (12) × parts | heap
//
// A page's security policy may forbid to make code, so the writer is not generated from the
// schema. It walks the event instead of the schema: each object's keys are compared with those
// the object before had at the same place, so that an event of the usual shape costs one
// comparison per key and looks nothing up. Unknown names are noticed on the way.
//
// Texts that the policy compares are given by number (`slot.texts`), all others as bytes.

import { clock, parseDay } from "./days.js";
import { fail } from "./error.js";
import type { RiegelEvent } from "./event.js";
import { normaliseHost } from "./hosts.js";
import type { Schema, Slot } from "./sections.js";

export const FRAME_MAGIC = 0x31454752; // "RGE1"
/** All bits; as a small integer, which engines store fastest. */
const BY_NUMBER = -1;
const MOST_HOSTS = 1000;
/** So many texts are compared one by one. */
const FEW = 8;

const BOOL = 0;
const INT = 1;
const DATE = 2;
const TEXT = 3;
const HOST = 4;
const ENUM = 5;
const SET = 6;
const NODE = 7;
const CONTENT = 8;
const TODAY = 9;
const SKIP = 10;
const TYPES = ["bool", "int", "date", "string", "host", "enum", "set"];

/** A key of an event: an attribute, or an object that holds some. */
class Item {
  /** Masks of hosts that were seen, for a host slot. */
  readonly masks = new Map<string, number>();
  readonly few: boolean;
  /** For texts that are many. */
  readonly numbers: Map<string, number>;

  constructor(
    readonly kind: number,
    /** Where its value lies, in words behind the frame's beginning. */
    readonly at: number,
    readonly pointer: string,
    /** May texts be given by number? */
    readonly byNumber: boolean,
    /** Those that may. */
    readonly texts: readonly string[],
    readonly node: Node | undefined,
  ) {
    this.few = texts.length <= FEW;
    this.numbers = new Map(texts.map((text, i) => [text, i + 1]));
  }

  /** The number of a text, from 1 on; 0: it has none. */
  number(text: string): number {
    if (!this.few) return this.numbers.get(text) ?? 0;
    const { texts } = this;
    for (let i = 0; i < texts.length; i++) if (texts[i] === text) return i + 1;
    return 0;
  }
}

/** An object in an event: what its keys meant the last time, in their order. */
interface Node {
  readonly prefix: string;
  readonly pointer: string;
  readonly keys: string[];
  readonly items: Item[];
  readonly known: Map<string, Item>;
}

const node = (prefix: string, pointer: string): Node => ({ prefix, pointer, keys: [], items: [], known: new Map() });

const wrong = (item: Item): void => fail("E3003", item.pointer);

const twice = (item: Item): void => fail("E3006", item.pointer);

/** The frame is larger than the room that was made for it. */
export const NO_ROOM = Symbol();

/** The module's memory; looked at anew when it grew. */
export class Memory {
  bytes!: Uint8Array<ArrayBuffer>;
  words!: Uint32Array<ArrayBuffer>;

  constructor(private readonly memory: WebAssembly.Memory) {
    this.look();
  }

  look(): void {
    const buffer = this.memory.buffer as ArrayBuffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
  }
}

const encoder = new TextEncoder();

/** Writes texts behind each other, equal ones once. */
export class Heap {
  length = 0;
  /** Offsets count from here. */
  base = 0;
  end = 0;
  private limit = 0;
  private bytes!: Uint8Array<ArrayBuffer>;
  private readonly texts: string[] = [];
  private readonly places: number[] = [];

  begin(bytes: Uint8Array<ArrayBuffer>, base: number, at: number, limit: number): void {
    this.bytes = bytes;
    this.base = base;
    this.end = at;
    this.limit = limit;
    if (this.texts.length) this.texts.length = this.places.length = 0;
  }

  /** Gives the text's offset, and its length aside. */
  text(value: string): number {
    const known = this.texts.indexOf(value);
    if (known >= 0) {
      this.length = this.places[2 * known + 1]!;
      return this.places[2 * known]!;
    }
    const { bytes, end } = this;
    if (end + value.length * 3 > this.limit) throw NO_ROOM;
    let i = 0;
    for (; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) break;
      bytes[end + i] = code;
    }
    this.length = i === value.length ? i : encoder.encodeInto(value, bytes.subarray(end)).written;
    this.end = end + this.length;
    this.texts.push(value);
    this.places.push(end - this.base, this.length);
    return end - this.base;
  }

  /** Writes a list of texts; gives its offset. */
  list(values: readonly string[]): number {
    const list = this.end;
    const view = new DataView(this.bytes.buffer);
    if (list + values.length * 8 > this.limit) throw NO_ROOM;
    this.end += values.length * 8;
    values.forEach((value, i) => {
      view.setUint32(list + i * 8, this.text(value), true);
      view.setUint32(list + i * 8 + 4, this.length, true);
    });
    return list - this.base;
  }
}

/** Writes event frames for one schema. */
export class FrameWriter {
  /** The day that the frame carries. */
  today = 0;
  private words!: Uint32Array<ArrayBuffer>;
  private readonly heap = new Heap();
  private readonly root = node("", "");
  private readonly slots: Map<string, Slot & { at: number }>;
  private readonly clock: () => number;
  private readonly dictionary: number;
  private readonly hash: number;
  private readonly count: number;
  private readonly lengthAt: number;
  private start = 0;
  private day = "";
  private days = 0;

  /** `numbers`: texts are given by number where the module allows it. */
  constructor(
    schema: Schema,
    numbers = true,
  ) {
    this.dictionary = numbers ? (schema.dictionary ?? 0) | 0 : 0;
    this.hash = schema.hash | 0;
    this.count = schema.slots.length;
    this.slots = new Map(schema.slots.map((slot, i) => [slot.name, { ...slot, at: 6 + 2 * i }]));
    this.lengthAt = this.slots.get("content.length")?.at ?? 0;
    try {
      this.clock = clock(schema.time_zone);
    } catch {
      this.clock = () => fail("E6006", schema.time_zone);
    }
  }

  /** The day in the policy's time zone. */
  now(): number {
    return this.clock();
  }

  /** Writes the frame at the byte `base` (a multiple of 4), up to `limit`; gives its length. */
  write(memory: Memory, base: number, limit: number, event: RiegelEvent, parts: number): number {
    const { words, bytes } = memory;
    const { count } = this;
    const start = (this.start = base >> 2);
    const end = start + 6 + 2 * count + 3 * parts;
    if (end << 2 > limit) throw NO_ROOM;
    this.words = words;
    words[start] = FRAME_MAGIC;
    words[start + 1] = this.hash;
    words[start + 2] = count;
    words[start + 3] = parts;
    words[start + 5] = this.dictionary;
    for (let at = start + 6; at < end; at++) words[at] = 0;
    this.heap.begin(bytes, base, end << 2, limit);
    this.today = NaN;
    this.walk(event, this.root);
    if (this.today !== this.today) this.today = this.clock();
    words[start + 4] = this.today;
    return this.heap.end - base;
  }

  /** `content.length` is the number of bytes, where the event does not say it. */
  measured(bytes: number): void {
    const { words, lengthAt } = this;
    if (lengthAt && !words[this.start + lengthAt]) {
      words[this.start + lengthAt] = 1;
      words[this.start + lengthAt + 1] = bytes;
    }
  }

  private walk(object: Readonly<Record<string, unknown>>, node: Node): void {
    const { keys, items } = node;
    const { words, start } = this;
    let i = 0;
    for (const key in object) {
      const value = object[key];
      const item = keys[i] === key ? items[i]! : this.find(node, i, key, value);
      i++;
      const { kind } = item;
      const at = start + item.at;
      if (kind === ENUM && typeof value === "string") {
        if (words[at] !== 0) twice(item);
        words[at] = item.number(value) || BY_NUMBER;
      } else if (kind === BOOL && typeof value === "boolean") {
        if (words[at] !== 0) twice(item);
        words[at] = value ? 2 : 1;
      } else if (kind >= NODE) this.inner(item, value);
      else if (value !== null && value !== undefined) this.put(item, value, words, at);
    }
  }

  private inner(item: Item, value: unknown): void {
    if (item.kind < TODAY) {
      if (typeof value === "object" && value && !Array.isArray(value)) this.walk(value as Record<string, unknown>, item.node!);
      else if (item.kind === NODE) fail("E3002", item.pointer);
    } else if (item.kind === TODAY && value !== null && value !== undefined) {
      this.today = this.date(value, item);
    }
  }

  /** What a key means; throws where the policy does not know it. */
  private find(node: Node, i: number, key: string, value: unknown): Item {
    const item = node.known.get(key) ?? this.learn(node, key, value);
    node.known.set(key, item);
    node.keys[i] = key;
    node.items[i] = item;
    return item;
  }

  private learn(parent: Node, key: string, value: unknown): Item {
    const name = parent.prefix + key;
    const pointer = `${parent.pointer}/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`;
    const slot = this.slots.get(name);
    if (slot) {
      const kind = TYPES.indexOf(slot.type);
      if (kind < 0) fail("E2007", slot.name);
      const texts = slot.variants ?? (this.dictionary ? slot.texts : undefined);
      return new Item(kind, slot.at, pointer, !!texts, texts ?? [], undefined);
    }
    const content = pointer === "/content";
    const kind = name === "today" ? TODAY : /^\/content\/(text|parts)$/.test(pointer) ? SKIP : content ? CONTENT : NODE;
    const leads = typeof value === "object" && [...this.slots.keys()].some((slot) => slot.startsWith(`${name}.`));
    if (kind === NODE && !leads) fail("E3002", pointer);
    return new Item(kind, 0, pointer, false, [], node(`${name}.`, pointer));
  }

  /** Writes a value of another type to the words at `at`. */
  private put(item: Item, value: unknown, words: Uint32Array, at: number): void {
    const { kind, byNumber } = item;
    if (words[at] !== 0 || words[at + 1] !== 0) twice(item);
    if (kind === TEXT && typeof value === "string") {
      words[at] = byNumber ? item.number(value) : this.heap.text(value);
      words[at + 1] = byNumber ? BY_NUMBER : this.heap.length;
    } else if (kind === HOST && typeof value === "string") {
      words[at] = byNumber ? (item.masks.get(value) ?? this.mask(item, value)) : this.heap.text(this.host(item, value));
      words[at + 1] = byNumber ? BY_NUMBER : this.heap.length;
    } else if (kind === SET && Array.isArray(value)) {
      let mask = 0;
      for (let i = 0; i < value.length; i++) {
        const text: unknown = value[i];
        if (typeof text !== "string") return wrong(item);
        const number = byNumber ? item.number(text) : 0;
        if (number) mask |= 1 << (number - 1);
      }
      words[at] = byNumber ? mask : this.heap.list(value as string[]);
      words[at + 1] = byNumber ? BY_NUMBER : value.length;
    } else if (kind === DATE || (kind === INT && value === ((value as number) | 0))) {
      words[at] = 1;
      words[at + 1] = kind === DATE ? this.date(value, item) : (value as number);
    } else wrong(item);
  }

  private host(item: Item, value: string): string {
    return normaliseHost(value) ?? fail("E3004", item.pointer);
  }

  /** Which texts a host matches: the one it is, and those that are its rest from a dot on. */
  private mask(item: Item, value: string): number {
    const host = this.host(item, value);
    let mask = 0;
    for (let dot = 0; dot >= 0; dot = host.indexOf(".", dot + 1)) {
      const number = item.number(host.slice(dot));
      if (number) mask |= 1 << (number - 1);
    }
    if (item.masks.size >= MOST_HOSTS) item.masks.clear();
    item.masks.set(value, mask);
    return mask;
  }

  private date(value: unknown, item: Item): number {
    if (value !== this.day) {
      this.days = parseDay(value) ?? fail("E3008", item.pointer);
      this.day = value as string;
    }
    return this.days;
  }
}
