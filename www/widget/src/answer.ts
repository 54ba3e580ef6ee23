// Answers, on their way back. What a service wrote is decided on before it is restored: values that
// a person redacted are theirs, and putting them back is no leak.
//
// An answer that streams by is let go sentence by sentence, so that no half of a key is shown before
// the policy saw the whole. What may continue is held: a line, a fenced block, an armoured key.

import type { Message, Obligation } from "@riegel/guard";
import { apply, atLeast, spans, type Session } from "./session.js";

/** What the policies say about an answer. */
export interface Note {
  /** Nothing more of the answer is shown. */
  readonly stopped: boolean;
  /** Something in it was covered. */
  readonly covered: boolean;
  readonly obligations: readonly Obligation[];
  messages(lang?: string): readonly Message[];
}

/** How far what is held of an answer may be let go. */
export function settled(text: string): number {
  let open = -1;
  let sign = "";
  // A block ends with the sign that it began with.
  for (const { index, 1: fence = "" } of text.matchAll(/^ {0,3}(```|~~~)/gm)) {
    if (open >= 0 && fence !== sign) continue;
    open = open < 0 ? index : -1;
    sign = fence;
  }
  const key = text.lastIndexOf("-----BEGIN ");
  if (key >= 0 && !text.slice(key).includes("-----END ")) open = open < 0 ? key : Math.min(open, key);
  const sure = open < 0 ? text : text.slice(0, open);
  let end = 0;
  for (const { index, 0: { length } } of sure.matchAll(/[.!?:…][)"'”“»*_]*\s|\n/g)) end = index + length;
  return end;
}

/** Reads one answer, piece by piece or whole. */
export class AnswerReader {
  readonly #session: Session;
  readonly #restorer;
  #text = "";
  #shown = 0;
  #ended = false;
  #note: Note | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#restorer = session.vault.restorer();
  }

  /** What the policies say about the whole of it so far; `undefined` where they have nothing to say. */
  get note(): Note | undefined {
    return this.#note;
  }

  /** Takes a piece; gives what can be shown, with values in the place of their placeholders. */
  push(piece: string): string {
    this.#text += piece;
    this.#ended = false;
    // What was let go ended outside of blocks and keys.
    const end = settled(this.#text.slice(this.#shown));
    return end ? this.#release(this.#shown + end, false) : "";
  }

  /** The answer is complete: gives the rest. What comes all the same is read as more of it. */
  end(): string {
    if (this.#ended) return "";
    this.#ended = true;
    return this.#release(this.#text.length, true);
  }

  #release(end: number, last: boolean): string {
    if (this.#note?.stopped) return "";
    const text = this.#text.slice(0, end);
    const check = this.#session.check("response", text);
    // Stopped, or nobody knows what to cover: nothing more is shown.
    const stopped = check.verdict === "block" || (check.verdict === "redact" && !check.redactable);
    const covers = spans(check, 0).map(({ start, end, label }) => ({ start, end, text: `[${label}]` }));
    if (stopped || covers.length || atLeast(check.verdict, "warn") || check.obligations.some(({ kind }) => kind !== "show")) {
      this.#note = { stopped, covered: covers.length > 0, obligations: check.obligations, messages: check.messages };
    }
    const from = this.#shown;
    this.#shown = end;
    if (stopped) return this.#restorer.end();
    // What was let go before keeps its length: only what begins behind it is covered.
    const fresh = covers.filter((cover) => cover.end > from).map((cover) => ({ ...cover, start: Math.max(cover.start, from) }));
    const out = this.#restorer.push(apply(text, fresh).slice(from));
    return last ? out + this.#restorer.end() : out;
  }
}
