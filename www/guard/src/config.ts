// Writes configuration frames (docs/abi.md): parameters by name, all or nothing.

import { parseDay } from "./days.js";
import { fail } from "./error.js";
import { encoder, Heap } from "./heap.js";
import { normaliseHost } from "./hosts.js";
import type { Param, Schema } from "./sections.js";

const CONFIG_MAGIC = 0x31434752; // "RGC1"
const ENTRY = 12;
const LONGEST = 255;

/** Values of parameters by name: booleans, whole numbers, days (`YYYY-MM-DD`), lists of texts, keys (16 bytes). */
export type Params = Readonly<Record<string, boolean | number | string | readonly string[] | Uint8Array>>;

/** The frame; throws where a parameter is unknown or does not take its value. */
export function configFrame({ params, hash }: Schema, values: Params): Uint8Array<ArrayBuffer> {
  const names = Object.keys(values);
  const found = params.flatMap((param, i) => (Object.hasOwn(values, param.name) ? [[i, valueOf(param, values[param.name]) ?? fail("E4101", param.name)] as const] : []));
  if (found.length < names.length) fail("E4101", names.find((name) => !params.some((param) => param.name === name)));
  const heapAt = 12 + names.length * ENTRY;
  const room = heapAt + found.reduce((sum, [, value]) => sum + (typeof value === "number" ? 0 : value.length * (8 + 3 * LONGEST)), 0);
  const bytes = new Uint8Array(room);
  const view = new DataView(bytes.buffer);
  const heap = new Heap();
  heap.begin(bytes, 0, heapAt, room);
  const put = (at: number, words: readonly number[]): void => words.forEach((word, i) => view.setInt32(at + i * 4, word, true));
  put(0, [CONFIG_MAGIC, hash, names.length]);
  found.forEach(([i, value], k) => put(12 + k * ENTRY, typeof value === "number" ? [i, value, 0] : [i, heap.list(value), value.length]));
  return bytes.slice(0, heap.end);
}

function valueOf({ type, min = -Infinity, max = Infinity }: Param, value: unknown): number | (string | Uint8Array)[] | undefined {
  if (type === "bool") return typeof value === "boolean" ? Number(value) : undefined;
  if (type === "date") return parseDay(value);
  if (type === "int") return value === ((value as number) | 0) && (value as number) >= min && (value as number) <= max ? (value as number) : undefined;
  if (type === "key") return value instanceof Uint8Array && value.length === 16 ? [value] : undefined;
  if (!Array.isArray(value) || value.length > max) return undefined;
  const list = value.map((text: unknown) => (typeof text !== "string" ? undefined : type === "hosts" ? normaliseHost(text) : text));
  return list.every((text) => text !== undefined && encoder.encode(text).length <= LONGEST) ? (list as string[]) : undefined;
}

/** What records carry: FNV-1a, 64 bits, as its low and high half. */
export function digestOf(frame: Uint8Array): number[] {
  let hash = 0xcbf29ce484222325n;
  for (const byte of frame) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return [Number(hash & 0xffffffffn), Number(hash >> 32n)];
}
