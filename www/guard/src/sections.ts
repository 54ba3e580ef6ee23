// What a module says about itself, in custom sections of JSON (docs/abi.md). Keys that are not
// listed here are ignored, so that a newer compiler may add some.

/** A text per language. */
export type Texts = Readonly<Record<string, string>>;

/** A stage (`observe`, `warn`, `enforce`) and the day it begins. */
export type Stage = readonly [stage: string, day: string];

/** An attribute of events. */
export interface Slot {
  readonly name: string;
  readonly type: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly printable?: boolean;
  readonly variants?: readonly string[];
  readonly texts?: readonly string[];
}

/** A parameter that `configure` may set. */
export interface Param {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly min?: number;
  readonly max?: number;
}

/** `riegel.schema`: how to write frames. */
export interface Schema {
  readonly abi: number;
  readonly hash: number;
  readonly dictionary?: number;
  readonly time_zone: string;
  readonly slots: readonly Slot[];
  readonly params: readonly Param[];
}

/** A rule of the policy. */
export interface RuleInfo {
  readonly id: string;
  readonly verdict: string;
  readonly cite: readonly string[];
  readonly say: Texts;
  readonly hint?: Texts;
  readonly obligations: readonly number[];
  readonly redact?: readonly number[];
  readonly detectors?: readonly number[];
  readonly clauses: readonly { readonly text: string }[];
  readonly stages?: readonly Stage[];
}

/** A detector of the policy. */
export interface DetectorInfo {
  readonly id: string;
  readonly title: string;
  readonly titles?: Texts;
  readonly class: string;
  readonly label: string;
}

/** `riegel.policy`: what to show. */
export interface Policy {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly build: string;
  readonly languages: readonly string[];
  readonly review_by?: string;
  readonly on_error: string;
  readonly stages?: readonly Stage[];
  readonly rules: readonly RuleInfo[];
  readonly obligations: readonly { readonly kind: string; readonly argument?: string }[];
  readonly detectors: readonly DetectorInfo[];
}

/** `riegel.bound`: what a decision may cost. */
export interface Bound {
  readonly steps: number;
  readonly steps_per_byte: number;
  readonly memory: number;
}

/** `riegel.selftest`: bytes in, bytes out, in hex. */
export interface Selftest {
  readonly vectors: readonly { readonly name: string; readonly frame: string; readonly text: string; readonly record: string }[];
}
