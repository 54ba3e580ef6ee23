// A loaded module, ready to decide.
//
//   event --write--> frame, content --decide--> record --check--> Decision
//
// Invariant: `decide` never throws and never answers `allow` by accident. Whatever goes wrong (a
// wrong event, a trap, no memory, a record that cannot be believed) ends in the policy's declared
// `on_error`, under its stages, with the reason in `decision.failure`.

import { configFrame, digestOf, type Params } from "./config.js";
import { Decision } from "./decision.js";
import { fail, RiegelError } from "./error.js";
import { contentOf, DIRECTIONS, ROLES, VERDICTS, type RiegelEvent } from "./event.js";
import { FrameWriter, Memory, NO_ROOM } from "./frame.js";
import { checkCalls, compile, declared, dissect, LIMITS, stageCap, type Anatomy, type Limits, type Source } from "./module.js";
import { bytesOf } from "./positions.js";
import { check, ERROR, Expected, HEADER, RECORD_MAGIC, STAGED, unhex } from "./record.js";
import type { Policy, Schema } from "./sections.js";

/** Room for a frame, and for content; more is made where it is needed. */
const FRAME_ROOM = 1 << 14;
const TEXT_ROOM = 1 << 14;
const MOST_FRAME = (1 << 24) - 32;
/** Content gets room for the worst case up to this many bytes; beyond, it is measured. */
const MEASURED = 1 << 18;
/** Records are kept in pages of this many words. */
const PAGE = 4096;

const encoder = new TextEncoder();
const SAYS_NOTHING: Policy = { id: "", title: "", version: "", build: "", languages: ["de", "en"], on_error: "block", rules: [], obligations: [{ kind: "show" }], detectors: [] };

interface Calls {
  readonly memory: WebAssembly.Memory;
  readonly abi_version: () => number;
  readonly reserve: (frame: number, text: number) => number;
  readonly decide: (frame: number, text: number) => number;
  readonly configure: (length: number) => number;
}

/** An instance: it serves any number of decisions, and nothing of one is visible in the next. */
interface Live {
  readonly calls: Calls;
  readonly memory: Memory;
  frame: number;
  /** What `reserve` was asked for. */
  frameRoom: number;
  textRoom: number;
  /** Where content was put the last time. */
  content: Uint8Array<ArrayBuffer> | undefined;
}

/** How a guard is set up. */
export interface Options {
  readonly limits?: Partial<Limits>;
}

/** Decides about events. */
export class Guard {
  /** What the policy says about itself. */
  readonly policy: Policy;
  /** Attributes of events and parameters. */
  readonly schema: Schema;
  readonly #module: WebAssembly.Module | undefined;
  readonly #limits: Limits;
  readonly #writer: FrameWriter;
  readonly #expected: Expected;
  readonly #refused: RiegelError | undefined;
  #config: Uint8Array<ArrayBuffer> | undefined;
  #digest: readonly number[] = [0, 0];
  #live: Live | undefined;
  #page = new Uint32Array(PAGE);
  #used = 0;

  private constructor(anatomy: Partial<Anatomy>, limits: Limits, refused?: RiegelError) {
    this.policy = anatomy.policy ?? SAYS_NOTHING;
    this.schema = anatomy.schema ?? { abi: 1, hash: 0, time_zone: "UTC", slots: [], params: [] };
    this.#module = anatomy.module;
    this.#limits = limits;
    this.#writer = new FrameWriter(this.schema);
    this.#expected = new Expected(this.policy, this.schema.slots.length);
    this.#refused = refused;
  }

  /**
   * Loads a module, or rejects with a {@link RiegelError} whose `guard` answers every event with
   * the declared `on_error`: `Guard.load(bytes).catch((error) => error.guard)`. A module that was
   * damaged declares nothing: its guard blocks.
   */
  static async load(source: Source | Promise<Source>, options: Options = {}): Promise<Guard> {
    const limits = { ...LIMITS, ...options.limits };
    let module: WebAssembly.Module | undefined;
    try {
      module = await compile(await source, limits);
      const anatomy = dissect(module, limits);
      const guard = new Guard(anatomy, limits);
      guard.#selfTest(anatomy);
      return guard;
    } catch (error) {
      const refusal = error instanceof RiegelError ? error : new RiegelError(module ? "E2007" : "E6001");
      const policy = module && declared(module);
      refusal.guard = new Guard(policy ? { policy } : {}, limits, refusal);
      throw refusal;
    }
  }

  /** Decides. Never throws: what goes wrong ends in `on_error`, with the reason in `failure`. */
  decide(event: RiegelEvent): Decision {
    const writer = this.#writer;
    writer.today = NaN;
    try {
      if (this.#refused) throw this.#refused;
      if (typeof event !== "object" || !event || Array.isArray(event)) fail("E3001");
      return this.#decide(event);
    } catch (error) {
      return this.#failed(event, error);
    }
  }

  /** Sets parameters, all or nothing; throws where they are refused, and the earlier ones stay. */
  configure(params: Params): void {
    if (this.#refused) throw this.#refused;
    const before = [this.#config, this.#digest, this.#live] as const;
    this.#config = Object.keys(params).length ? configFrame(this.schema, params) : undefined;
    this.#digest = this.#config ? digestOf(this.#config) : [0, 0];
    try {
      this.#live = this.#fresh();
    } catch (error) {
      [this.#config, this.#digest, this.#live] = before;
      throw error;
    }
  }

  /**
   * For hosts that have a frame already: bytes in, the checked record's bytes out (docs/abi.md).
   * Throws where there is no record to believe.
   */
  decideBytes(frame: Uint8Array, content: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#refused) throw this.#refused;
    try {
      const live = this.#room(frame.length, content.length);
      live.memory.bytes.set(frame, live.frame);
      live.memory.bytes.set(content, contentAt(live, frame.length));
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      const parts: number[] = [];
      const table = 24 + 8 * this.schema.slots.length;
      for (let at = table, n = frame.length < 24 ? 0 : view.getUint32(12, true); n > 0 && at + 12 <= frame.length; at += 12, n--) {
        parts.push(view.getUint32(at, true), view.getUint32(at + 4, true));
      }
      const at = this.#ask(live, frame.length, content.length, parts);
      return new Uint8Array(this.#page.buffer, at * 4, this.#page[at + 1]!).slice();
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  #decide(event: RiegelEvent): Decision {
    const content = contentOf(event);
    const texts = content === undefined || content === null ? NONE : typeof content === "string" ? [content] : textsOf(content);
    let most = 0;
    for (let i = 0; i < texts.length; i++) most += texts[i]!.length * 3;
    if (most > MEASURED || most > this.#limits.contentBytes) most = texts.reduce((sum, text) => sum + bytesOf(text), 0);
    if (most > this.#limits.contentBytes) fail("E4006");
    for (let room = FRAME_ROOM; ; room = Math.min(room * 32, MOST_FRAME)) {
      try {
        const live = this.#room(room, most);
        return this.#written(live, event, content, texts);
      } catch (error) {
        if (error !== NO_ROOM || room >= MOST_FRAME) throw error;
      }
    }
  }

  #written(live: Live, event: RiegelEvent, content: unknown, texts: readonly string[]): Decision {
    const { memory } = live;
    const length = this.#writer.write(memory, live.frame, live.frame + live.frameRoom, event, texts.length);
    let bytes = 0;
    const parts = texts.length ? [] : (NONE as unknown as number[]);
    if (texts.length) {
      const at = contentAt(live, length);
      let room = live.content;
      if (room?.byteOffset !== at || room.buffer !== memory.bytes.buffer) {
        room = live.content = memory.bytes.subarray(at, at + live.textRoom);
      }
      let word = (live.frame >> 2) + 6 + 2 * this.schema.slots.length;
      for (let i = 0; i < texts.length; i++) {
        const { written } = encoder.encodeInto(texts[i]!, i ? room.subarray(bytes) : room);
        memory.words[word++] = bytes;
        memory.words[word++] = written;
        memory.words[word++] = typeof content === "string" ? 1 : codesOf((content as unknown[])[i], i);
        parts.push(bytes, written);
        bytes += written;
      }
    }
    this.#writer.measured(bytes);
    const at = this.#ask(live, length, bytes, parts);
    return new Decision(this, this.#page, at, event, texts, parts);
  }

  /** Asks the module; gives where its record, checked, lies in the page. */
  #ask(live: Live, frame: number, text: number, parts: readonly number[]): number {
    const { memory } = live;
    const record = live.calls.decide(frame, text) >>> 0;
    if (memory.words.length === 0) memory.look();
    const { words } = memory;
    if (record & 3) fail("E4004");
    const from = record >> 2;
    const length = check(words, from, this.#expected, this.#digest, parts);
    if (this.#used + length > this.#page.length) {
      this.#page = new Uint32Array(Math.max(PAGE, length));
      this.#used = 0;
    }
    const page = this.#page;
    const at = this.#used;
    for (let i = 0; i < length; i++) page[at + i] = words[from + i]!;
    this.#used = at + length;
    if (words.length * 4 > this.#limits.memoryBytes) this.#live = undefined;
    return at;
  }

  /** An instance with room for a frame and content. */
  #room(frame: number, text: number): Live {
    const live = (this.#live ??= this.#fresh());
    if (frame > live.frameRoom || text > live.textRoom || live.frame === 0) {
      live.frameRoom = Math.max(frame, live.frameRoom);
      live.textRoom = Math.max(text, TEXT_ROOM);
      live.frame = live.calls.reserve(live.frameRoom + 16, live.textRoom) >>> 0;
      live.memory.look();
      live.content = undefined;
      if (live.frame === 0 || live.frame & 15 || live.frame + live.frameRoom + live.textRoom > live.memory.bytes.length) fail("E4003");
    }
    return live;
  }

  #fresh(): Live {
    const calls = new WebAssembly.Instance(this.#module!).exports as unknown as Calls;
    const memory = new Memory(calls.memory);
    const frame = this.#config;
    if (frame) {
      const at = calls.reserve(frame.length, 0) >>> 0;
      memory.look();
      if (at === 0) fail("E4003");
      memory.bytes.set(frame, at);
      if (calls.configure(frame.length) !== 0) fail("E4101");
    }
    return { calls, memory, frame: 0, frameRoom: FRAME_ROOM, textRoom: 0, content: undefined };
  }

  #selfTest({ selftest }: Anatomy): void {
    const live = (this.#live = this.#fresh());
    checkCalls(live.calls as unknown as WebAssembly.Exports);
    if (live.calls.abi_version() !== 1) fail("E2008");
    for (const { name, frame, text, record } of selftest.vectors) {
      let said: Uint8Array | undefined;
      try {
        said = this.decideBytes(unhex(frame), unhex(text));
      } catch {
        // Said below.
      }
      const right = unhex(record);
      if (said?.length !== right.length || right.some((byte, i) => byte !== said[i])) fail("E2011", name);
    }
  }

  /** Says what happened. Nothing of an event stays in memory; an instance that failed is thrown away. */
  #stopped(error: unknown): RiegelError {
    const live = this.#live;
    const known = error instanceof RiegelError;
    const wrongEvent = known && /^E3|E4006|E6/.test(error.code);
    if (live) {
      live.memory.look();
      live.memory.bytes.fill(0, wrongEvent ? live.frame : 0, wrongEvent ? live.frame + live.frameRoom : undefined);
      if (!wrongEvent) this.#live = undefined;
    }
    return known ? error : new RiegelError(error instanceof RangeError || error === NO_ROOM ? "E4003" : "E4001");
  }

  #failed(event: RiegelEvent, error: unknown): Decision {
    const failure = this.#stopped(error);
    const { on_error, stages } = this.policy;
    let today = this.#writer.today;
    try {
      if (today !== today) today = this.#writer.now();
    } catch {
      // Without a day nothing is capped.
    }
    const verdict = VERDICTS.indexOf(on_error as never);
    const cap = stageCap(stages, today);
    const effective = Math.min(verdict, cap);
    const words = new Uint32Array(HEADER + 1);
    words[0] = RECORD_MAGIC;
    words[2] = 1 | ((ERROR | (cap < VERDICTS.length - 1 ? STAGED : 0)) << 16);
    words[3] = verdict | (effective << 8) | (255 << 24);
    // The obligation to show (number 0), where there is something to show.
    words[10] = effective > 1 ? 1 << 16 : 0;
    return new Decision(this, words, 0, event ?? {}, NONE, NONE as unknown as number[], failure);
  }
}

const NONE: readonly string[] = [];

/** Content lies at the first multiple of 16 behind the frame. */
const contentAt = (live: Live, frame: number): number => (live.frame + frame + 15) & ~15;

function textsOf(content: unknown): string[] {
  if (!Array.isArray(content)) fail("E3005", "/content");
  return (content as unknown[]).map((part, i) => {
    const text = typeof part === "string" ? part : (part as { text?: unknown } | null)?.text;
    return typeof text === "string" ? text : fail("E3005", `/content/${i}`);
  });
}

/** Role and direction of a part, as the frame has them. */
function codesOf(part: unknown, i: number): number {
  if (typeof part === "string") return 1;
  const { role, direction, text, ...others } = part as Record<string, unknown>;
  const codes = [ROLES.indexOf((role ?? "user") as string), DIRECTIONS.indexOf((direction ?? "outbound") as string)];
  if (Math.min(...codes) < 0 || Object.keys(others).length) fail("E3005", `/content/${i}`);
  return codes[0]! | (codes[1]! << 8);
}
