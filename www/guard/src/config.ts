// Writes configuration frames (docs/abi.md): parameters by name, all or nothing.

import { parseDay } from "./days.js";
import { fail } from "./error.js";
import { Heap } from "./frame.js";
import { normaliseHost } from "./hosts.js";
import type { Param, Schema } from "./sections.js";

const CONFIG_MAGIC = 0x31434752; // "RGC1"
const ENTRY = 12;
const LONGEST = 255;

/** Values of parameters by name: booleans, whole numbers, days (`YYYY-MM-DD`), lists of texts. */
export type Params = Readonly<Record<string, boolean | number | string | readonly string[]>>;

/** The frame; throws where a parameter is unknown or does not take its value. */
export function configFrame(schema: Schema, params: Params): Uint8Array<ArrayBuffer> {
  const names = Object.keys(params);
  for (const name of names) if (!schema.params.some((param) => param.name === name)) fail("E4101", name);
  const texts = names.flatMap((name) => (Array.isArray(params[name]) ? (params[name] as string[]) : []));
  const room = 12 + names.length * ENTRY + texts.reduce((sum, text) => sum + 8 + String(text).length * 3, 0);
  const bytes = new Uint8Array(room);
  const view = new DataView(bytes.buffer);
  const heap = new Heap();
  let at = 12;
  heap.begin(bytes, 0, 12 + names.length * ENTRY, room);
  [CONFIG_MAGIC, schema.hash, names.length].forEach((word, i) => view.setUint32(i * 4, word, true));
  schema.params.forEach((param, i) => {
    const value = params[param.name];
    if (!Object.hasOwn(params, param.name)) return;
    const list = listOf(param, value);
    view.setUint32(at, i, true);
    view.setInt32(at + 4, list ? heap.list(list) : (scalarOf(param, value) ?? fail("E4101", param.name)), true);
    view.setUint32(at + 8, list?.length ?? 0, true);
    at += ENTRY;
  });
  return bytes.slice(0, heap.end);
}

function scalarOf({ type, min, max }: Param, value: unknown): number | undefined {
  if (type === "bool" && typeof value === "boolean") return Number(value);
  if (type === "date") return parseDay(value);
  if (type !== "int" || value !== ((value as number) | 0)) return undefined;
  const number = value as number;
  return number >= (min ?? number) && number <= (max ?? number) ? number : undefined;
}

function listOf({ name, type, max }: Param, value: unknown): string[] | undefined {
  if (type !== "strings" && type !== "hosts") return undefined;
  if (!Array.isArray(value) || value.length > (max ?? Infinity)) fail("E4101", name);
  return (value as unknown[]).map((text) => {
    const item = typeof text !== "string" ? undefined : type === "hosts" ? normaliseHost(text) : text;
    return item === undefined || new TextEncoder().encode(item).length > LONGEST ? fail("E4101", name) : item;
  });
}

/** What records carry: FNV-1a, 64 bits, as its low and high half. */
export function digestOf(frame: Uint8Array): [low: number, high: number] {
  let hash = 0xcbf29ce484222325n;
  for (const byte of frame) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return [Number(hash & 0xffffffffn), Number(hash >> 32n)];
}
