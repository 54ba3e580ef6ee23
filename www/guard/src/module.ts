// From bytes to a module that may be asked: nothing is believed before it was checked
// (docs/abi.md, *Loading a module*). Size, digest, compilation, imports, exports, sections, ABI
// version, bound; the self-test follows in the guard.

import { fail, RiegelError } from "./error.js";
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

/** `\0`, size, name length, name; 32 bytes of SHA-256 follow and end the file. */
const DIGEST = "\0\x2e\x0driegel.digest";
const HASH = 32;
const CALLS: readonly [string, number][] = [["abi_version", 0], ["reserve", 2], ["decide", 2], ["configure", 1]];
/** A function that uses one instruction of SIMD. */
const SIMD = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);

/** Gets the bytes, and compiles those whose digest fits. */
export async function compile(source: Source, limits: Limits): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(SIMD)) fail("E2012");
  if (source instanceof WebAssembly.Module) return source;
  let bytes: Uint8Array<ArrayBuffer>;
  if (source instanceof Response) {
    if (!source.ok) fail("E6001", String(source.status));
    bytes = new Uint8Array(await source.arrayBuffer());
  } else {
    // A copy: whoever holds the bytes must not change them between check and use.
    bytes = new Uint8Array(ArrayBuffer.isView(source) ? source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength) as ArrayBuffer : source.slice(0));
  }
  if (bytes.length > limits.moduleBytes) fail("E2001");
  await verify(bytes);
  return WebAssembly.compile(bytes).catch((error: unknown) => fail(/disallow|blocked|unsafe|embedder|CSP/i.test(String(error)) ? "E2012" : "E2010"));
}

async function verify(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const head = bytes.length - DIGEST.length - HASH;
  if (head < 0 || [...DIGEST].some((char, i) => bytes[head + i] !== char.charCodeAt(0))) fail("E2002");
  if (!globalThis.crypto?.subtle) fail("E2012");
  const computed = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.subarray(0, head)));
  const written = bytes.subarray(bytes.length - HASH);
  if (computed.some((byte, i) => byte !== written[i])) fail("E2003");
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
  const exports = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  if (exports.get("memory") !== "memory") fail("E2006", "memory");
  for (const [name] of CALLS) if (exports.get(name) !== "function") fail("E2006", name);
  section(module, "riegel.digest");
  const schema = json<Schema>(module, "riegel.schema");
  if (schema.abi !== 1) fail("E2008", `ABI ${schema.abi}`);
  const bound = json<Bound>(module, "riegel.bound");
  within("stepsPerByte", bound.steps_per_byte, limits);
  within("steps", bound.steps, limits);
  within("memoryBytes", bound.memory, limits);
  return { module, policy: policyOf(module), schema, selftest: json<Selftest>(module, "riegel.selftest") };
}

/** Functions take as many numbers as they should. */
export function checkCalls(exports: WebAssembly.Exports): void {
  for (const [name, count] of CALLS) if ((exports[name] as () => void).length !== count) fail("E2006", name);
}

function within(name: keyof Limits, needed: number, limits: Limits): void {
  if (!(needed <= limits[name])) fail("E2009", `${name}: ${needed} > ${limits[name]}`);
}

function section(module: WebAssembly.Module, name: string): ArrayBuffer {
  const found = WebAssembly.Module.customSections(module, name);
  return found.length === 1 ? found[0]! : fail("E2007", name);
}

function json<T>(module: WebAssembly.Module, name: string): T {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(section(module, name))) as T;
  } catch {
    throw new RiegelError("E2007", name);
  }
}

/** What a host goes by when the module fails says something, and never `allow`. */
function policyOf(module: WebAssembly.Module): Policy {
  const policy = json<Policy>(module, "riegel.policy");
  const { on_error, stages = [], rules, obligations, detectors } = policy;
  const staged = (stages as Stage[]).every(([stage, day]) => ["observe", "warn", "enforce"].includes(stage) && parseDay(day) !== undefined);
  const inside = (list: readonly number[] | undefined, of: readonly unknown[]): boolean => (list ?? []).every((i) => i < of.length);
  const sound = rules.every((rule) => inside(rule.obligations, obligations) && inside(rule.redact, detectors) && inside(rule.detectors, detectors));
  if (!["justify", "approve", "block"].includes(on_error) || !staged || !sound) fail("E2007", "riegel.policy");
  return policy;
}

/** The strongest verdict, as a number, that the stages allow on a day (semantics 38). */
export function stageCap(stages: readonly Stage[] | undefined, today: number): number {
  const most = VERDICTS.length - 1;
  // Without stages, or where the day is not known, nothing is capped.
  if (!stages?.length || today !== today) return most;
  const begun = stages.filter(([, day]) => parseDay(day)! <= today).pop();
  return begun ? ({ observe: 1, warn: 2 }[begun[0]] ?? most) : 0;
}
