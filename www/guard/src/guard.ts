// A loaded module, ready to decide.
//
//   event --write--> frame, content --decide--> record --check--> Decision
//
// Invariant: `decide` never throws and never answers `allow` by accident. Whatever goes wrong (a
// wrong event, a trap, no memory, a record that cannot be believed) ends in the policy's declared
// `on_error`, under its stages, with the reason in `decision.failure`.

import type { Params } from "./config.js";
import { DAY, parseDay } from "./days.js";
import { Decision } from "./decision.js";
import { engine, type Engine } from "./engine.js";
import { RiegelError } from "./error.js";
import { VERDICTS, type RiegelEvent } from "./event.js";
import { compile, declared, dissect, LIMITS, MOST, stageCap, type Limits, type Source } from "./module.js";
import { bytesOf, ERROR, HEADER, lists, STAGED } from "./record.js";
import type { Policy, Schema } from "./sections.js";

const NONE: readonly never[] = [];
const SAYS_NOTHING: Policy = { id: "", title: "", version: "", build: "", languages: NONE, on_error: "block", rules: NONE, obligations: [{ kind: "show" }], detectors: NONE };

/** How a guard is set up. */
export interface Options {
  readonly limits?: Partial<Limits>;
}

/** Decides about events. */
export class Guard {
  readonly #engine: Engine | RiegelError;

  private constructor(
    /** What the policy says about itself. */
    readonly policy: Policy,
    /** Attributes of events and parameters. */
    readonly schema: Schema,
    engine: Engine | RiegelError,
  ) {
    this.#engine = engine;
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
      return new Guard(anatomy.policy, anatomy.schema, engine(anatomy, limits));
    } catch (error) {
      const refusal = error instanceof RiegelError ? error : new RiegelError(module ? "E2007" : "E6001");
      const said = module && declared(module);
      // Of a module that was refused no more is believed than this: the rest may have any shape.
      const policy = said ? { ...SAYS_NOTHING, id: said.id, version: said.version, build: said.build, languages: `${said.languages}`.split(","), on_error: said.on_error, stages: said.stages ?? NONE } : SAYS_NOTHING;
      refusal.guard = new Guard(policy, { abi: 1, hash: 0, time_zone: "", slots: NONE, params: NONE }, refusal);
      throw refusal;
    }
  }

  /** Decides. Never throws: what goes wrong ends in `on_error`, with the reason in `failure`. */
  decide(event: RiegelEvent): Decision {
    const engine = this.#engine;
    try {
      return new Decision(this, event, ...this.#asked().decide(event));
    } catch (error) {
      const refused = engine instanceof RiegelError;
      const failure = refused ? engine : engine.stopped(error);
      const { on_error, stages } = this.policy;
      // Without a day nothing is capped.
      let day: unknown;
      try {
        day = (event as RiegelEvent | null)?.today;
      } catch {
        // An event may be anything, and may throw when it is read.
      }
      const today = parseDay(day) ?? (refused ? Math.floor(Date.now() / DAY) : engine.now());
      const full = VERDICTS.indexOf(on_error as never);
      const cap = stageCap(stages, today);
      const effective = Math.min(full, cap);
      const words = new Uint32Array(HEADER + 2);
      words[2] = (ERROR | (cap < MOST ? STAGED : 0)) << 16;
      words[3] = full | (effective << 8) | (255 << 24);
      // The obligation to show (number 0), where there is something to show.
      words[10] = effective > 1 ? 1 << 16 : 0;
      return new Decision(this, event ?? {}, lists(words, NONE), NONE, failure);
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
    return bytesOf(this.#asked().ask(frame, content));
  }

  #asked(): Engine {
    if (this.#engine instanceof RiegelError) throw this.#engine;
    return this.#engine;
  }
}
