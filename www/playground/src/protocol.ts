// What page and worker say to each other. Everything is plain data; newer texts replace older ones.

import type { Clause, Compiled, Diagnostic, Formatted, Tested, Vocabulary } from "@riegel/compiler";
import type { Finding, Message, Obligation, Rule } from "@riegel/guard";
import type { Language } from "./words.js";

export type Size = NonNullable<Compiled["size"]>;

export interface FiredRule extends Rule {
  readonly text: string;
  readonly hint: string;
  readonly held: readonly Clause[];
}

export interface Decided {
  readonly verdict: string;
  readonly full: string;
  readonly headline: string;
  readonly todo: readonly string[];
  readonly later: readonly string[];
  readonly rules: readonly FiredRule[];
  readonly obligations: readonly Obligation[];
  readonly messages: readonly Message[];
  readonly findings: readonly (Finding & { readonly title: string })[];
  readonly contentRead: boolean;
  readonly redacted?: string;
  /** What is wrong with the event, in words. */
  readonly failure?: string;
  readonly microseconds: number;
}

export type Ask =
  | { readonly kind: "policy"; readonly text: string }
  | { readonly kind: "event"; readonly event: Record<string, unknown>; readonly content: string; readonly language: Language }
  | { readonly kind: "format"; readonly id: number; readonly text: string }
  | { readonly kind: "tests"; readonly id: number; readonly text: string }
  | { readonly kind: "library"; readonly id: number };

export type Tell =
  | { readonly kind: "ready" }
  | { readonly kind: "unable"; readonly why: string }
  | { readonly kind: "checked"; readonly text: string; readonly diagnostics: readonly Diagnostic[]; readonly vocabulary: Vocabulary }
  | { readonly kind: "compiled"; readonly text: string; readonly size: Size; readonly gzip: number; readonly milliseconds: number }
  | { readonly kind: "decided"; readonly text: string; readonly content: string; readonly decided: Decided }
  | { readonly kind: "answer"; readonly id: number; readonly value: Formatted | Tested | readonly (readonly [string, string])[] };
