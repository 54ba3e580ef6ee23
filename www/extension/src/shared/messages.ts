// What the parts of the extension say to each other. Content travels from a page's content script
// to the background and back, and nowhere else.

import type { Verdict } from "@riegel/guard";

/** Something that a policy claims in a text. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly redact: boolean;
}

/** What a rule tells a person, and what it rests on. */
export interface Told {
  readonly rule: string;
  readonly text: string;
  readonly hint: string;
  readonly cite: readonly string[];
}

/** A decision, as a page's content script sees it. */
export interface View {
  readonly verdict: Verdict;
  /** The check could not be completed; the declared `on_error` applies. */
  readonly failed: boolean;
  readonly told: readonly Told[];
  /** Rules that held, those that only count among them. */
  readonly rules: readonly string[];
  readonly marks: readonly Mark[];
  /** Roles that may approve. */
  readonly roles: readonly string[];
  /** Training units that are asked for and not done yet. */
  readonly lessons: readonly string[];
  readonly disclose: boolean;
  /** What would apply after redaction; nothing where redaction does not help. */
  readonly redacted?: Verdict;
  /** Number in the journal, for what the person chooses. */
  readonly entry: number;
}

/** A placeholder's value, for the reader. It is content. */
export type Held = readonly (readonly [label: string, number: number, value: string, made?: string])[];

/** What the content script must know of the settings. */
export interface Site {
  readonly language: "de" | "en";
  /** What applies when nobody answers. */
  readonly onError: Verdict;
  readonly tool?: { readonly name: string; readonly url: string };
  readonly contacts: Readonly<Record<string, string>>;
  readonly held: Held;
}

/** What a person chose. */
export type Choice = "cancel" | "redact" | "reason" | "approval" | "tool" | "lesson" | "went_on";

/** A file, as text (a text kind) or as bytes (Latin-1). */
export interface FileContent {
  readonly name: string;
  readonly mime: string;
  readonly size: number;
  readonly bytes: string;
}

/** From a page's content script. */
export type Ask =
  | { readonly ask: "site" }
  /** `record`: it is about something that a person did, and not about what stands there meanwhile. */
  | { readonly ask: "decide"; readonly action: string; readonly text: string; readonly record: boolean }
  | { readonly ask: "redact"; readonly action: string; readonly text: string }
  | { readonly ask: "files"; readonly action: string; readonly files: readonly FileContent[] }
  | { readonly ask: "chose"; readonly entry: number; readonly choice: Choice; readonly reason?: string; readonly lesson?: string }
  | { readonly ask: "frames" }
  | { readonly ask: "net" }
  | { readonly ask: "top"; readonly question: Question };

/** What a dialog shows. */
export interface Question {
  readonly view: View;
  readonly text: string;
  /** What happens when it may go: the text is inserted, sent, or a file chosen. */
  readonly way: "insert" | "send" | "file" | "request";
  readonly file?: string;
}

/** What came out of a dialog. */
export interface Answer {
  readonly choice: Choice;
  readonly reason?: string;
}

/** A redacted text, what is to be said about it, and what its placeholders stand for. */
export interface Redacted {
  readonly text: string;
  readonly view: View;
  readonly held: Held;
}
