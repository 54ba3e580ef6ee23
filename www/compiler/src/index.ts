/**
 * `@riegel/compiler`: checks, formats, compiles, tests and runs Riegel policies.
 *
 * ```ts
 * const { ok, diagnostics } = await check(text);
 * const { wasm } = await compile(text);
 * ```
 *
 * The compiler itself, some hundred kilobytes, is fetched when the first function is called, or with
 * {@link load}. What a policy guards people with is the compiled module in `@riegel/guard`.
 */
import type { Core, Loading } from "./core.js";
import type { Answer, Checked, Compiled, Engine as Raw, Formatted, Options, PolicyEvent, Tested, Vocabulary } from "./riegel.js";

export type { Loading };
export type { Answer, Bound, Checked, Clause, Compiled, Diagnostic, Duty, Formatted, Options, Param, Place, PolicyEvent, PolicyInfo, RuleInfo, Schema, Slot, Tested, TestResult, Texts, Verdict, Vocabulary } from "./riegel.js";

let core: Promise<Core> | undefined;

/** Fetches the compiler now. Where that fails, the next call tries again. */
export async function load(loading: Loading = {}): Promise<void> {
  await (core ??= import("./core.js").then((module) => module.start(loading)).catch((error: unknown) => {
    core = undefined;
    throw error;
  }));
}

async function ready(): Promise<Core> {
  await load();
  return core!;
}

/** Everything that is wrong with a policy, as `riegel check` says it. */
export async function check(source: string, options: Options = {}): Promise<Checked> {
  return (await ready()).check(source, dated(options));
}

/** The one layout of a policy, as `riegel fmt` writes it. */
export async function format(source: string): Promise<Formatted> {
  return (await ready()).format(source);
}

/** A policy's module, byte for byte what `riegel build` writes; or its diagnostics. */
export async function compile(source: string, options: Options = {}): Promise<Compiled> {
  return (await ready()).compile(source, dated(options));
}

/** Runs the tests that stand in a policy, against its module. */
export async function test(source: string, options: Options = {}): Promise<Tested> {
  return (await ready()).test(source, dated(options));
}

/** Names that may be written in a policy, for editors. */
export async function vocabulary(source: string, options: Options = {}): Promise<Vocabulary> {
  return (await ready()).vocabulary(source, dated(options));
}

/** The library: detectors (`lib.…`) and policies (`packs.…`), by name. */
export async function library(): Promise<ReadonlyMap<string, string>> {
  return new Map((await ready()).libraryFiles());
}

/** A policy, compiled and running: for trying it out. */
export class Engine {
  readonly #raw: Raw;

  private constructor(raw: Raw) {
    this.#raw = raw;
  }

  /** Compiles a policy and instantiates its module. Rejects with an error whose `diagnostics` say why not. */
  static async compile(source: string, options: Options = {}): Promise<Engine> {
    return new Engine(new (await ready()).Engine(source, dated(options)));
  }

  /** Decides. Throws where the event does not fit the policy: a misspelt attribute would switch a rule off. */
  decide(event: PolicyEvent): Answer {
    return this.#raw.decide(event, Date.parse(today(this.#raw.timeZone)) / 864e5);
  }

  /** The module. */
  get wasm(): Uint8Array<ArrayBuffer> {
    return this.#raw.wasm as Uint8Array<ArrayBuffer>;
  }

  /** Gives the memory back now, and not some time later. */
  free(): void {
    this.#raw.free();
  }
}

/** Turns bytes of a text, as diagnostics and clauses count, into UTF-16 code units. */
export function inUtf16(text: string): (byte: number) => number {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  return (byte) => decoder.decode(bytes.subarray(0, byte)).length;
}

const OPTIONS: readonly string[] = ["name", "today", "files", "layers"];

function dated(options: Options): Options {
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) throw new TypeError(`there is no option \`${unknown}\`; there are ${OPTIONS.join(", ")}`);
  return { ...options, today: options.today ?? today("Europe/Berlin") };
}

/** The day in a time zone, `YYYY-MM-DD`. */
function today(timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone, calendar: "iso8601", numberingSystem: "latn", year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts();
  const part = (type: string): string => parts.find((part) => part.type === type)!.value;
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}
