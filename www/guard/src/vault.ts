// `@riegel/guard/vault`: the vault of one conversation, which placeholder stands for which value.
//
// The same value gets the same placeholder, across turns and (sealed) across reloads. Values live in
// this object only: in memory, in no log, and in no other conversation.

import { BACK, exactly, Finder, patternsOf } from "./placeholder.js";

/** In dates, IP addresses and amounts the groups count: 1.11.1990 is not 11.1.1990. */
const GROUPS = /^\d{1,4}(?:[.,/-]\s?\d{1,4}){1,3}$/;

/**
 * Numbers and long signs (IBAN, VAT id) are the same however they are grouped, e-mail addresses
 * however their case. Short signs are as they stand: B-AB 123 is not BA-B 123.
 */
const sameAs = (value: string): string => {
  if (/^[^\s:/@]+@[^\s:/@]+\.[a-z]+$/i.test(value)) return value.toLowerCase();
  const bare = value.replace(/[\s.,/()+-]/g, "");
  return /^(?:\d+|[\dA-Z]{10,})$/.test(bare) && (bare.length > 12 || !GROUPS.test(value)) ? bare : value;
};

/** Restores an answer that comes in pieces. */
export interface Restorer {
  /** Takes a piece; gives what can be shown. A placeholder comes whole or not at all. */
  push(chunk: string): string;
  /** The stream has ended: gives the rest. */
  end(): string;
}

/** What a vault holds, for `@riegel/guard/seal`. It is content: never store it as it is. */
export type Held = readonly (readonly [label: string, number: number, value: string, made?: string])[];

const PLACEHOLDER = /\[([\p{L}\p{N}_]+)_(\d+)\]/gu;

interface Entry {
  /** None: somebody wrote the placeholder. */
  readonly value: string | undefined;
  made: string | undefined;
}

/** Placeholders of one conversation. */
export class Vault {
  /** Names the conversation; a sealed vault opens under this name only. */
  readonly conversation: string;
  readonly #labels = new Map<string, Map<number, Entry>>();
  readonly #placeholders = new Map<string, string>();
  /** Labels that have a value; the others are only avoided, and nothing is looked for. */
  readonly #used = new Set<string>();
  #finder: Finder | undefined;

  constructor(conversation: string = crypto.randomUUID(), held: Held = []) {
    this.conversation = conversation;
    for (const [label, number, value, made] of held) this.#hold(label, number, value, made);
  }

  /** How many values it holds. */
  get size(): number {
    return this.#placeholders.size;
  }

  /** The placeholder for a value, such as `[EMAIL_1]`. */
  placeholder(label: string, value: string): string {
    const name = label.replace(/[^\p{L}\p{N}]+/gu, "_").toUpperCase() || "TEXT";
    const key = `${name} ${sameAs(value)}`;
    let placeholder = this.#placeholders.get(key);
    if (!placeholder) {
      const entries = this.#entries(name);
      let number = entries.size + 1;
      while (entries.has(number)) number++;
      placeholder = this.#hold(name, number, value);
    }
    return placeholder;
  }

  /** Placeholders that somebody wrote by hand are not given to values. */
  avoid(texts: readonly string[]): void {
    for (const [, label, number] of texts.join().matchAll(PLACEHOLDER)) {
      const entries = this.#entries(label!.toUpperCase());
      if (!entries.has(Number(number))) entries.set(Number(number), { value: undefined, made: undefined });
    }
  }

  /**
   * Puts values in the place of their placeholders, also where a model changed those a little. In an
   * address of the web they stay: a link must not carry a value to whoever owns it.
   */
  restore(answer: string): string {
    return this.#find().restore(answer, 0, false)[0];
  }

  /** Restores an answer piece by piece. */
  restorer(): Restorer {
    // What was let go is kept as far as a pattern looks back.
    let text = "";
    let from = 0;
    let inside = "";
    const take = (chunk: string, open: boolean): string => {
      text += chunk;
      const [out, end, address] = this.#find().restore(text, from, open, inside);
      inside = address;
      from = Math.min(end, BACK);
      text = text.slice(end - from);
      return out;
    };
    return { push: (chunk) => take(chunk, true), end: () => take("", false) };
  }

  /** Restores an answer that streams by: `response.pipeThrough(vault.restoreStream())`. */
  restoreStream(): TransformStream<string, string> {
    const restorer = this.restorer();
    const enqueue = (controller: TransformStreamDefaultController<string>, text: string): void => {
      if (text) controller.enqueue(text);
    };
    return new TransformStream({
      transform: (chunk, controller) => enqueue(controller, restorer.push(chunk)),
      flush: (controller) => enqueue(controller, restorer.end()),
    });
  }

  /**
   * Puts made-up values in the place of placeholders: same type, valid form, clearly not real.
   * `make` is `synthetic` of `@riegel/guard/synthetic`; labels for which it has nothing keep their
   * placeholder. Do it last, behind the second decision; `restore` knows these values too.
   */
  disguise(redacted: string, make: (label: string, number: number) => string | undefined): string {
    return redacted.replace(PLACEHOLDER, (placeholder, label: string, number: string) => {
      const entry = this.#labels.get(label)?.get(Number(number));
      if (!entry?.value) return placeholder;
      if (!entry.made) {
        entry.made = make(label, Number(number));
        this.#finder = undefined;
      }
      return entry.made ?? placeholder;
    });
  }

  /** What it holds: content. */
  held(): Held {
    return [...this.#labels].flatMap(([label, entries]) => [...entries].flatMap(([number, { value, made }]) => (value === undefined ? [] : [[label, number, value, made] as const])));
  }

  /** Forgets everything. */
  clear(): void {
    this.#labels.clear();
    this.#placeholders.clear();
    this.#used.clear();
    this.#finder = undefined;
  }

  #hold(label: string, number: number, value: string, made?: string): string {
    const placeholder = `[${label}_${number}]`;
    this.#placeholders.set(`${label} ${sameAs(value)}`, placeholder);
    if (made || !this.#used.has(label)) this.#finder = undefined;
    this.#used.add(label);
    this.#entries(label).set(number, { value, made });
    return placeholder;
  }

  #entries(label: string): Map<number, Entry> {
    let entries = this.#labels.get(label);
    if (!entries) this.#labels.set(label, (entries = new Map()));
    return entries;
  }

  #find(): Finder {
    return (this.#finder ??= new Finder(
      // Longer labels first: of two that begin alike, the longer one is meant.
      [...this.#labels].filter(([label]) => this.#used.has(label)).sort(([a], [b]) => b.length - a.length).flatMap(([label, entries]) => [
        ...patternsOf(label, (number) => entries.get(number)?.value),
        ...[...entries.values()].flatMap(({ made, value }) => (made ? [exactly(made, value!)] : [])),
      ]),
    ));
  }
}
