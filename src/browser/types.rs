//! The types of `@riegel/compiler`, for TypeScript. `wasm-bindgen` writes them into its `.d.ts`, above
//! the functions that it declares there from the Rust beside this file.
//!
//! `www/compiler/test/types.test.mjs` compiles real answers as literals of these types, so that a field
//! too many or too few is noticed.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What may be said beside a policy's text. */
export interface Options {
  /** What the policy is called in diagnostics and in the module; `policy.riegel`. */
  readonly name?: string;
  /** The day on which it is checked, `YYYY-MM-DD`; today. */
  readonly today?: string;
  /** Policies and lists beside it: a dotted name (`msp.provider`) or a file name, and the text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Layers over it, in their order: name and text. */
  readonly layers?: readonly (readonly [name: string, text: string])[];
}

/** A place in a source. */
export interface Place {
  readonly source: string;
  /** First byte (UTF-8), and one past the last. */
  readonly start: number;
  readonly end: number;
  /** From 1; columns in Unicode code points. */
  readonly line: number;
  readonly column: number;
  /** What stands there, in a few words. */
  readonly label?: string;
}

/** What is wrong, where, and what to do: the same as `riegel check --format json`. */
export interface Diagnostic extends Place {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly help: string | null;
  /** A text that would be right at the place. */
  readonly suggestion: string | null;
  /** An event that proves it. */
  readonly example?: string;
  readonly also?: readonly Place[];
}

export interface Checked {
  /** No errors; there may be warnings. */
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Formatted {
  /** Missing where the policy cannot be read. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

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

/** A parameter that a host may set. */
export interface Param {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly min?: number;
  readonly max?: number;
}

/** How frames are written (docs/abi.md). */
export interface Schema {
  readonly abi: number;
  readonly hash: number;
  readonly dictionary: number;
  readonly time_zone: string;
  readonly slots: readonly Slot[];
  readonly params: readonly Param[];
}

/** A text per language. */
export type Texts = Readonly<Record<string, string>>;

/** A part of a rule's condition, as written; bytes in `policy.sources[source]`. */
export interface Clause {
  readonly source: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface RuleInfo {
  readonly id: string;
  readonly layer: number;
  readonly tightened?: readonly (readonly [layer: number, what: readonly string[]])[];
  readonly verdict: string;
  readonly cite: readonly string[];
  readonly say: Texts;
  readonly hint?: Texts;
  readonly obligations: readonly number[];
  readonly redact?: readonly number[];
  readonly detectors?: readonly number[];
  readonly clauses: readonly Clause[];
  readonly stages?: readonly (readonly [stage: string, day: string])[];
  readonly exceptions?: readonly (readonly [because: string, until: string])[];
}

/** What a module says about its policy. */
export interface PolicyInfo {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly build: string;
  readonly compiler: string;
  readonly languages: readonly string[];
  readonly review_by?: string;
  readonly on_error: string;
  readonly stages?: readonly (readonly [stage: string, day: string])[];
  readonly layers: readonly string[];
  readonly rules: readonly RuleInfo[];
  readonly obligations: readonly { readonly kind: string; readonly argument?: string }[];
  readonly detectors: readonly { readonly id: string; readonly title: string; readonly titles?: Texts; readonly class: string; readonly label: string }[];
  readonly sources: readonly string[];
}

/** What one decision may cost. */
export interface Bound {
  readonly steps: number;
  readonly steps_per_byte: number;
  readonly longest_match: number;
  readonly memory: number;
  readonly memory_per_byte: number;
}

export interface Compiled extends Checked {
  /** The module; with everything below it missing where the policy has errors. */
  readonly wasm?: Uint8Array<ArrayBuffer>;
  readonly schema?: Schema;
  readonly policy?: PolicyInfo;
  readonly bound?: Bound;
  /** Bytes: functions; what detectors search by; what the module says about itself. */
  readonly size?: { readonly total: number; readonly code: number; readonly tables: number; readonly descriptions: number };
}

export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly source: string;
  readonly line: number;
  /** Expectations that do not hold, and what came instead. */
  readonly complaints: readonly { readonly source: string; readonly line: number; readonly expected: string; readonly came: string }[];
}

export interface Tested {
  readonly passed: number;
  readonly failed: number;
  readonly tests: readonly TestResult[];
  readonly diagnostics: readonly Diagnostic[];
}

export type Verdict = "allow" | "log" | "warn" | "justify" | "redact" | "approve" | "block";

/** What is about to happen: attributes, nested or dotted, and the content. */
export interface PolicyEvent {
  readonly content?: string | readonly (string | { readonly role?: string; readonly direction?: "outbound" | "inbound"; readonly text: string })[] | object;
  readonly today?: string;
  readonly [attribute: string]: unknown;
}

export interface Duty {
  readonly kind: string;
  readonly argument: string;
}

export interface Answer {
  /** What applies, and what would without stages. */
  readonly verdict: Verdict;
  readonly full: Verdict;
  /** The declared `on_error` applies, not the rules. */
  readonly error: boolean;
  readonly staged: boolean;
  readonly rules: readonly { readonly id: string; readonly verdict: Verdict; readonly full: Verdict; readonly cite: readonly string[]; readonly clauses: readonly Clause[] }[];
  readonly obligations: readonly Duty[];
  readonly would: readonly Duty[];
  /** Spans in UTF-16 code units of their part. */
  readonly findings: readonly { readonly detector: string; readonly class: string; readonly label: string; readonly confidence: "low" | "medium" | "high"; readonly part: number; readonly start: number; readonly end: number; readonly also: boolean; readonly redact: boolean; readonly encoded: boolean }[];
  /** The record's bytes, the same as in every host. */
  readonly record: Uint8Array<ArrayBuffer>;
}

/** Names that may be written in a policy. */
export interface Vocabulary {
  readonly libraries: readonly string[];
  readonly attributes: readonly { readonly name: string; readonly type: string; readonly variants?: readonly string[] }[];
  readonly detectors: readonly { readonly id: string; readonly title: string; readonly titles?: Texts }[];
  readonly classes: readonly string[];
  readonly groups: readonly string[];
  readonly lists: readonly string[];
  readonly params: readonly string[];
  readonly lets: readonly string[];
  readonly rules: readonly string[];
}
"#;
