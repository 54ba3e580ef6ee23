// A loaded module, ready to decide.
//
//   event --write--> frame, content --decide--> record --check--> Decision
//
// Invariant: `decide` never throws and never answers `allow` by accident. Whatever goes wrong (a
// wrong event, a trap, no memory, a record that cannot be believed) ends in the policy's declared
// `on_error`, under its stages, with the reason in `decision.failure`.

import type { Params } from "./config.js";
import { Decision } from "./decision.js";
import { contentAt, engine, type Engine } from "./engine.js";
import { fail, RiegelError } from "./error.js";
import { parseDay } from "./days.js";
import { contentOf, DIRECTIONS, ROLES, VERDICTS, type RiegelEvent } from "./event.js";
import { frameWriter, type Writer } from "./frame.js";
import { compile, declared, dissect, LIMITS, MOST, stageCap, type Anatomy, type Limits, type Source } from "./module.js";
import { bytesOf, ERROR, HEADER, reading, STAGED } from "./record.js";
import type { Policy, Schema } from "./sections.js";

/** Content gets room for the worst case up to this many bytes; beyond, it is measured. */
const MEASURED = 1 << 18;
const NONE: readonly never[] = [];
const SAYS_NOTHING = { id: "", title: "", version: "", build: "", languages: ["de", "en"], on_error: "block", rules: NONE, obligations: [{ kind: "show" }], detectors: NONE };

const encoder = new TextEncoder();

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
  readonly #limits: Limits;
  readonly #writer: Writer;
  readonly #engine: Engine | undefined;
  readonly #refused: RiegelError | undefined;

  private constructor(anatomy: Partial<Anatomy> & { policy: Policy }, limits: Limits, refused?: RiegelError) {
    this.policy = anatomy.policy;
    this.schema = anatomy.schema ?? { abi: 1, hash: 0, time_zone: "UTC", slots: [], params: [] };
    this.#limits = limits;
    this.#writer = frameWriter(this.schema);
    this.#refused = refused;
    if (!refused) this.#engine = engine(anatomy as Anatomy, limits);
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
      return new Guard(dissect(module, limits), limits);
    } catch (error) {
      const refusal = error instanceof RiegelError ? error : new RiegelError(module ? "E2007" : "E6001");
      refusal.guard = new Guard({ policy: (module && declared(module)) ?? SAYS_NOTHING }, limits, refusal);
      throw refusal;
    }
  }

  /** Decides. Never throws: what goes wrong ends in `on_error`, with the reason in `failure`. */
  decide(event: RiegelEvent): Decision {
    try {
      return this.#decide(event);
    } catch (error) {
      const failure = this.#refused ?? this.#engine!.stopped(error);
      const { on_error, stages } = this.policy;
      const today = parseDay((event as RiegelEvent | null)?.today) ?? this.#writer.now();
      const full = VERDICTS.indexOf(on_error as never);
      const cap = stageCap(stages, today);
      const effective = Math.min(full, cap);
      const words = new Uint32Array(HEADER + 2);
      words[2] = (ERROR | (cap < MOST ? STAGED : 0)) << 16;
      words[3] = full | (effective << 8) | (255 << 24);
      // The obligation to show (number 0), where there is something to show.
      words[10] = effective > 1 ? 1 << 16 : 0;
      return new Decision(this, reading(words), event ?? {}, NONE, NONE, failure);
    }
  }

  /** Sets parameters, all or nothing; throws where they are refused, and the earlier ones stay. */
  configure(params: Params): void {
    this.#asked().configure(params);
  }

  /**
   * For hosts that have a frame already: bytes in, the checked record's bytes out (docs/abi.md).
   * Throws where there is no record to believe.
   */
  decideBytes(frame: Uint8Array, content: Uint8Array): Uint8Array<ArrayBuffer> {
    return bytesOf(this.#asked().askBytes(frame, content));
  }

  #asked(): Engine {
    if (this.#refused) throw this.#refused;
    return this.#engine!;
  }

  #decide(event: RiegelEvent): Decision {
    const engine = this.#asked();
    if (typeof event !== "object" || !event || Array.isArray(event)) fail("E3001");
    const content = contentOf(event);
    const texts = content === undefined || content === null ? NONE : typeof content === "string" ? [content] : textsOf(content);
    const most = this.#limits.contentBytes;
    let length = 0;
    for (const text of texts) length += text.length * 3;
    if (length > MEASURED || length > most) length = texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
    if (length > most) fail("E4006");
    const parts: number[] = [];
    const found = engine.ask(length, ({ bytes, words, frame, limit }) => {
      const written = this.#writer.write(bytes, words, frame, limit, event, texts.length);
      const start = contentAt(frame, written);
      let word = (frame >> 2) + 6 + 2 * this.schema.slots.length;
      let end = 0;
      parts.length = 0;
      for (let i = 0; i < texts.length; i++) {
        const { written } = encoder.encodeInto(texts[i]!, bytes.subarray(start + end));
        words[word++] = end;
        words[word++] = written;
        words[word++] = typeof content === "string" ? 1 : codesOf((content as unknown[])[i], i);
        parts.push(end, written);
        end += written;
      }
      this.#writer.measured(end);
      return [written, end, parts];
    });
    return new Decision(this, found, event, texts, parts);
  }
}

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
  const [first, second] = [ROLES.indexOf((role ?? "user") as string), DIRECTIONS.indexOf((direction ?? "outbound") as string)] as const;
  return first < 0 || second < 0 || Object.keys(others).length ? fail("E3005", `/content/${i}`) : first | (second << 8);
}
