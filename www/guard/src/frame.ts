// Writes event frames straight into the module's memory (docs/abi.md, *Event frame*).
//
//   header (24) | value (8) × slots | part (12) × parts | heap
//
// A page's security policy may forbid to make code, so the writer is not generated from the
// schema. It walks the event instead of the schema: what a key of an object means is learnt once.
// Unknown names are noticed on the way.
//
// Texts that the policy compares are given by number (`slot.texts`), all others as bytes.

import { clock, parseDay } from "./days.js";
import { fail } from "./error.js";
import type { RiegelEvent } from "./event.js";
import { Heap, NO_ROOM } from "./heap.js";
import { normaliseHost } from "./hosts.js";
import type { Schema } from "./sections.js";

const FRAME_MAGIC = 0x31454752; // "RGE1"
/** All bits; as a small integer, which engines store fastest. */
const BY_NUMBER = -1;
const MOST_HOSTS = 1000;

const BOOL = 0;
const INT = 1;
const DATE = 2;
const TEXT = 3;
// 4 is a host.
const ENUM = 5;
const SET = 6;
const NODE = 7;
const CONTENT = 8;
const TODAY = 9;
const SKIP = 10;
const TYPES = ["bool", "int", "date", "string", "host", "enum", "set"];

/** A key of an event: an attribute, or an object that holds some. */
interface Item {
  readonly kind: number;
  /** Where its value lies, in words behind the frame's beginning. */
  readonly at: number;
  readonly pointer: string;
  /** Of an object's attributes. */
  readonly prefix: string;
  /** The numbers of texts, from 1 on, where they may be given by number. */
  readonly numbers: Map<string, number> | undefined;
  /** Masks of hosts that were seen. */
  readonly masks: Map<string, number>;
  /** Of an object: what its keys mean. */
  readonly known: Map<string, Item>;
}

/** Writes event frames for one schema. */
export interface Writer {
  /** Writes the frame at the byte `base` (a multiple of 4), up to `limit`; gives its length. */
  readonly write: (bytes: Uint8Array<ArrayBuffer>, memory: Uint32Array<ArrayBuffer>, base: number, limit: number, event: RiegelEvent, parts: number) => number;
  /** `content.length` is the number of bytes, where the event does not say it. */
  readonly measured: (bytes: number) => void;
  /** The day in the policy's time zone, where there is one. */
  readonly now: () => number | undefined;
}

export function frameWriter(schema: Schema): Writer {
  const count = schema.slots.length;
  const slots = new Map(schema.slots.map((slot, i) => [slot.name, { ...slot, at: 6 + 2 * i }]));
  const lengthAt = slots.get("content.length")?.at;
  // Small integers, which engines store fastest.
  const dictionary = (schema.dictionary ?? 0) | 0;
  const hash = schema.hash | 0;
  const heap = new Heap();
  let now: () => number | undefined = () => undefined;
  let words: Uint32Array<ArrayBuffer>;
  let start: number;
  let today: number | undefined;
  let [day, days]: [unknown, number] = ["", 0];
  try {
    now = clock(schema.time_zone);
  } catch {
    // Said where the day is asked for.
  }

  const newItem = (kind: number, at: number, pointer: string, prefix: string, texts?: readonly string[] | 0): Item => ({
    kind, at, pointer, prefix, numbers: texts ? new Map(texts.map((text, i) => [text, i + 1])) : undefined, masks: new Map(), known: new Map(),
  });
  const root = newItem(NODE, 0, "", "");

  /** What a key means; throws where the policy does not know it. */
  const learn = (parent: Item, key: string): Item => {
    const name = parent.prefix + key;
    const pointer = `${parent.pointer}/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`;
    const prefix = `${name}.`;
    const slot = slots.get(name);
    const kind = slot ? TYPES.indexOf(slot.type) : pointer === "/today" ? TODAY : pointer === "/content" ? CONTENT : /^\/content\/(text|parts)$/.test(pointer) ? SKIP : NODE;
    if (kind < 0) fail("E2007", name);
    if (kind === NODE && ![...slots.keys()].some((slot) => slot.startsWith(prefix))) fail("E3002", pointer);
    const item = newItem(kind, slot?.at ?? 0, pointer, prefix, slot && (slot.variants ?? (dictionary && slot.texts)));
    parent.known.set(key, item);
    return item;
  };

  const date = (value: unknown, { pointer }: Item): number => {
    if (value !== day) {
      days = parseDay(value) ?? fail("E3008", pointer);
      day = value;
    }
    return days;
  };

  const host = (value: string, { pointer }: Item): string => normaliseHost(value) ?? fail("E3004", pointer);

  const bit = (number: number | undefined): number => (number ? 1 << (number - 1) : 0);

  /** Which texts a host matches: the one it is, and those that are its rest from a dot on. */
  const maskOf = (value: string, item: Item, numbers: Map<string, number>): number => {
    const name = host(value, item);
    let mask = 0;
    for (let dot = 0; dot >= 0; dot = name.indexOf(".", dot + 1)) mask |= bit(numbers.get(name.slice(dot)));
    if (item.masks.size >= MOST_HOSTS) item.masks.clear();
    item.masks.set(value, mask);
    return mask;
  };

  const put = (item: Item, value: unknown): void => {
    const { kind, numbers, pointer } = item;
    const at = start + item.at;
    if (words[at]! | words[at + 1]!) fail("E3006", pointer);
    if (kind === INT && value === ((value as number) | 0)) {
      words[at] = 1;
      words[at + 1] = value as number;
    } else if (kind === DATE) {
      words[at] = 1;
      words[at + 1] = date(value, item);
    } else if (kind === SET && Array.isArray(value)) {
      let mask = 0;
      for (let i = 0; i < value.length; i++) {
        if (typeof value[i] !== "string") fail("E3003", pointer);
        mask |= bit(numbers?.get(value[i]));
      }
      words[at] = numbers ? mask : heap.list(value);
      words[at + 1] = numbers ? BY_NUMBER : value.length;
    } else if (kind > DATE && kind < ENUM && typeof value === "string") {
      if (numbers) {
        words[at] = kind === TEXT ? (numbers.get(value) ?? 0) : (item.masks.get(value) ?? maskOf(value, item, numbers));
        words[at + 1] = BY_NUMBER;
      } else {
        words[at] = heap.text(kind === TEXT ? value : host(value, item));
        words[at + 1] = heap.length;
      }
    } else fail("E3003", pointer);
  };

  const walk = (object: Readonly<Record<string, unknown>>, node: Item): void => {
    for (const key in object) {
      const value = object[key];
      const item = node.known.get(key) ?? learn(node, key);
      const { kind } = item;
      const at = start + item.at;
      if (kind === ENUM && typeof value === "string" && !words[at]) words[at] = item.numbers!.get(value) ?? BY_NUMBER;
      else if (kind === BOOL && typeof value === "boolean" && !words[at]) words[at] = value ? 2 : 1;
      else if (kind === NODE || kind === CONTENT) {
        if (typeof value === "object" && value && !Array.isArray(value)) walk(value as Record<string, unknown>, item);
        else if (kind === NODE) fail("E3002", item.pointer);
      } else if (value !== null && value !== undefined) {
        if (kind < NODE) put(item, value);
        else if (kind === TODAY) today = date(value, item);
      }
    }
  };

  return {
    write(bytes, memory, base, limit, event, parts) {
      words = memory;
      start = base >> 2;
      const end = start + 6 + 2 * count + 3 * parts;
      if (end << 2 > limit) throw NO_ROOM;
      memory[start] = FRAME_MAGIC;
      memory[start + 1] = hash;
      memory[start + 2] = count;
      memory[start + 3] = parts;
      memory[start + 5] = dictionary;
      for (let at = start + 6; at < end; at++) memory[at] = 0;
      heap.begin(bytes, base, end << 2, limit);
      today = undefined;
      walk(event, root);
      memory[start + 4] = today ?? now() ?? fail("E6006", schema.time_zone);
      return heap.end - base;
    },
    measured(bytes) {
      if (lengthAt && !words[start + lengthAt]) {
        words[start + lengthAt] = 1;
        words[start + lengthAt + 1] = bytes;
      }
    },
    now: () => now(),
  };
}
