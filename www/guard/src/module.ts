// From bytes to a module that may be asked: nothing is believed before it was checked
// (docs/abi.md, *Loading a module*). Size, digest, compilation, imports, exports, sections, ABI
// version, bound; the self-test follows in the guard.

import { fail } from "./error.js";
import { VERDICTS } from "./event.js";
import { parseDay } from "./days.js";
import type { Bound, Policy, Schema, Selftest, Stage } from "./sections.js";

/** What a guard gives to a module at most. */
export interface Limits {
  /** Longest module in bytes. */
  readonly moduleBytes: number;
  /** Longest content in bytes. */
  readonly contentBytes: number;
  /** An instance is thrown away when its memory grew beyond this. */
  readonly memoryBytes: number;
  /** Most steps that a module may need, about a nanosecond each. */
  readonly steps: number;
  /** The same per byte of content. */
  readonly stepsPerByte: number;
}

export const LIMITS: Limits = { moduleBytes: 1 << 24, contentBytes: 1 << 26, memoryBytes: 1 << 26, steps: 1e9, stepsPerByte: 3e6 };

/** Where a module comes from. A `Module` has no bytes any more: its digest is not checked. */
export type Source = BufferSource | Response | WebAssembly.Module;

/** A module and what it says about itself. */
export interface Anatomy {
  readonly module: WebAssembly.Module;
  readonly policy: Policy;
  readonly schema: Schema;
  readonly selftest: Selftest;
}

/** The strongest verdict. */
export const MOST = VERDICTS.length - 1;
/** What stages allow at most. */
const CAPS = new Map([["observe", 1], ["warn", 2], ["enforce", MOST]]);

/** What a module exports. */
export interface Calls {
  readonly memory: WebAssembly.Memory;
  readonly abi_version: () => number;
  readonly reserve: (frame: number, text: number) => number;
  readonly decide: (frame: number, text: number) => number;
  readonly configure: (length: number) => number;
}

/** `\0`, size, name length, name; 32 bytes of SHA-256 follow and end the file. */
const DIGEST = "\0\x2e\x0driegel.digest";
const HASH = 32;
/** What a module exports, and how many numbers it takes. */
const CALLS: readonly (readonly [Exclude<keyof Calls, "memory">, number])[] = [["abi_version", 0], ["reserve", 2], ["decide", 2], ["configure", 1]];

/** Gets the bytes, and compiles those whose digest fits. */
export async function compile(source: Source, limits: Limits): Promise<WebAssembly.Module> {
  if (!globalThis.WebAssembly || !globalThis.crypto?.subtle) fail("E2012");
  if (source instanceof WebAssembly.Module) return source;
  const response = source instanceof Response ? source : new Response(source);
  if (!response.ok) fail("E6001", String(response.status));
  // A copy: whoever holds the bytes must not change them between check and use.
  let bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > limits.moduleBytes) fail("E2001");
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.slice(from, to));
  // Signatures stand first and are no part of the module; `@riegel/guard/trust` verifies them.
  if (!bytes[8] && text(11, 21) === "\tsignature") {
    // A size of two bytes, the first of which has its highest bit.
    const end = bytes[9]! + (bytes[10]! << 7) + 11 - 128;
    bytes = bytes.copyWithin(8, end).subarray(0, 8 - end);
  }
  const body = bytes.subarray(0, -DIGEST.length - HASH);
  if (text(body.length, -HASH) !== DIGEST) fail("E2002");
  if (new Uint8Array(await crypto.subtle.digest("SHA-256", body)).join() !== bytes.slice(-HASH).join()) fail("E2003");
  // What is valid and cannot be compiled is forbidden by the page's security policy. What is not valid
  // in spite of its digest needs what this engine lacks: SIMD.
  return WebAssembly.compile(bytes).catch(() => fail(WebAssembly.validate(bytes) ? "E2012" : "E2010"));
}

/** What applies when no module can be asked, as far as the module can still say it. */
export function declared(module: WebAssembly.Module): Policy | undefined {
  try {
    return policyOf(module);
  } catch {
    return undefined;
  }
}

/** Reads and checks everything but the self-test. */
export function dissect(module: WebAssembly.Module, limits: Limits): Anatomy {
  const [first] = WebAssembly.Module.imports(module);
  if (first) fail("E2005", `${first.module}.${first.name}`);
  const calls = new WebAssembly.Instance(module).exports as unknown as Calls;
  if (!(calls.memory instanceof WebAssembly.Memory)) fail("E2006", "memory");
  for (const [name, count] of CALLS) if (calls[name]?.length !== count) fail("E2006", name);
  if (calls.abi_version() !== 1) fail("E2008");
  section(module, "riegel.digest");
  const schema = section<Schema>(module, "riegel.schema", true);
  if (schema.abi !== 1) fail("E2008", `ABI ${schema.abi}`);
  const { steps_per_byte, steps, memory } = section<Bound>(module, "riegel.bound", true);
  const within = (needed: number, limit: keyof Limits): unknown => needed <= limits[limit] || fail("E2009", limit);
  within(steps_per_byte, "stepsPerByte");
  within(steps, "steps");
  within(memory, "memoryBytes");
  return { module, policy: policyOf(module), schema, selftest: section(module, "riegel.selftest", true) };
}

/** A custom section, of JSON: there is one, and it can be read. */
function section<T>(module: WebAssembly.Module, name: string, json = false): T {
  try {
    const [found, second] = WebAssembly.Module.customSections(module, name);
    if (found && !second) return (json ? JSON.parse(new TextDecoder().decode(found)) : found) as T;
  } catch {
    // Said below.
  }
  return fail("E2007", name);
}

/** What a host goes by when the module fails says something, and never `allow`. */
function policyOf(module: WebAssembly.Module): Policy {
  const policy = section<Policy>(module, "riegel.policy", true);
  const { on_error, stages = [] } = policy;
  if (!["justify", "approve", "block"].includes(on_error) || !stages.every(([stage, day]) => CAPS.has(stage) && parseDay(day) !== undefined)) fail("E2007", "riegel.policy");
  return policy;
}

/** The strongest verdict, as a number, that the stages allow on a day (semantics 38). */
export function stageCap(stages: readonly Stage[] | undefined, today: number | undefined): number {
  // Without stages, or where the day is not known, nothing is capped.
  if (!stages?.length || today === undefined) return MOST;
  const begun = stages.filter(([, day]) => parseDay(day)! <= today).pop();
  return begun ? CAPS.get(begun[0])! : 0;
}
