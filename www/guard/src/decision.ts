// A decision: the record, and what it means. Everything is read when it is asked for, so that a
// decision that nobody looks at costs nothing but its record.
//
// Invariant: content stays inside. It is in private fields only; neither `JSON.stringify` nor the
// console shows it.

import { RiegelError } from "./error.js";
import { CONFIDENCES, contentOf, KINDS, VERDICTS, type Content, type RiegelEvent, type Verdict } from "./event.js";
import { normaliseHost } from "./hosts.js";
import { positions } from "./positions.js";
import { ALSO, bit, byte, bytesOf, CONTENT_READ, DUTIES, ENCODED, ERROR, ERROR_CODE, FINDING, FLAGS, FULL, half, HEADER, REDACT, RULE, RULES, SLOT, STAGED, TRUNCATED, UNKNOWN_VALUE, VERDICT, WOULD, type Finding, type Obligation, type Reading } from "./record.js";
import type { Policy, RuleInfo, Schema, Texts } from "./sections.js";
import type { Vault } from "./vault.js";

/** A rule that fired. */
export interface Rule {
  readonly id: string;
  /** What applies of it today. */
  readonly verdict: Verdict;
  /** What it says without its stage. */
  readonly full: Verdict;
  /** Its legal basis. */
  readonly cite: readonly string[];
  /** The clauses that held, as written. */
  readonly clauses: readonly string[];
}

/** What a rule tells a person. Plain text, never markup. */
export interface Message {
  /** Empty where the check itself failed. */
  readonly rule: string;
  readonly verdict: Verdict;
  readonly text: string;
  /** What to do instead; empty where the policy has nothing to say. */
  readonly hint: string;
}

/** Why a decision is what it is. Plain text, never markup. */
export interface Explanation {
  readonly verdict: Verdict;
  /** Rules that fired, strongest first, with what they tell a person. */
  readonly rules: readonly (Rule & { readonly text: string; readonly hint: string })[];
  readonly obligations: readonly Obligation[];
  /** What a stage holds back. */
  readonly would: readonly Obligation[];
  /** Detectors that were searched; no finding of another one means *not searched*. */
  readonly searched: readonly string[];
  readonly policy: { readonly id: string; readonly version: string; readonly build: string };
}

/** What of a guard a decision needs. */
export interface Behind {
  readonly policy: Policy;
  readonly schema: Schema;
}

type Told = Rule & { readonly text: string; readonly hint: string };

/** What came out of {@link Guard.decide}. */
export class Decision {
  /** What applies. */
  readonly verdict: Verdict;
  /** Set where the check failed and the declared `on_error` applies instead of the rules. */
  readonly failure: RiegelError | undefined;
  readonly #behind: Behind;
  readonly #reading: Reading;
  readonly #event: RiegelEvent;
  readonly #texts: readonly string[];
  #findings: readonly Finding[] | undefined;

  /** @internal */
  constructor(behind: Behind, event: RiegelEvent, reading: Reading, texts: readonly string[], failure?: RiegelError) {
    this.#behind = behind;
    this.#reading = reading;
    this.#event = event;
    this.#texts = texts;
    this.failure = failure;
    this.verdict = VERDICTS[byte(reading.words, VERDICT)]!;
  }

  /** What would apply without stages. */
  get full(): Verdict {
    return VERDICTS[this.#byte(FULL)]!;
  }

  /** Rules that fired, in the policy's order. */
  get rules(): readonly Rule[] {
    return this.#fired(this.#hits(), (rule) => rule);
  }

  /** What must be done before the content may go on. */
  get obligations(): readonly Obligation[] {
    return this.#duties(0, DUTIES);
  }

  /** What a stage of the policy holds back. */
  get would(): readonly Obligation[] {
    return this.#duties(half(this.#reading.words, DUTIES), WOULD);
  }

  /** What was found, by part and place. */
  get findings(): readonly Finding[] {
    const { words, findingsAt, parts } = this.#reading;
    return (this.#findings ??= this.#texts.flatMap((text, part) => {
      const found: number[] = [];
      for (let at = findingsAt; at < words.length; at += FINDING) if (words[at + 1] === part) found.push(at);
      const place = (at: number): number => words[at]! - parts[2 * part]!;
      const places = positions(text, found.flatMap((at) => [place(at + 2), place(at + 3)]));
      return found.map((at) => {
        const { id, class: kind, label } = this.#behind.policy.detectors[half(words, 2 * at)]!;
        const marks = byte(words, 4 * at + 3);
        return {
          detector: id,
          class: kind,
          label: label || "TEXT",
          confidence: CONFIDENCES[byte(words, 4 * at + 2) - 1]!,
          part,
          start: places.get(place(at + 2))!,
          end: places.get(place(at + 3))!,
          distinct: words[at + 4]!,
          also: (marks & ALSO) > 0,
          redact: (marks & REDACT) > 0,
          encoded: (marks & ENCODED) > 0,
        };
      });
    }));
  }

  /** A detector found more than the policy's cap. */
  get truncated(): boolean {
    return this.#flag(TRUNCATED);
  }

  /** A stage of the policy applied. */
  get staged(): boolean {
    return this.#flag(STAGED);
  }

  /** The content was read. */
  get contentRead(): boolean {
    return this.#flag(CONTENT_READ);
  }

  /** An attribute had a value that the policy does not know; it counts as not sent. */
  get unknownValue(): boolean {
    return this.#flag(UNKNOWN_VALUE);
  }

  /** The attribute that an error, or an unknown value, speaks of. */
  get attribute(): string | undefined {
    return this.#behind.schema.slots[this.#byte(SLOT)]?.name;
  }

  /** Why the module itself fell back on `on_error` (docs/abi.md, *Errors in a record*); 0: it did not. */
  get error(): number {
    return this.#byte(ERROR_CODE);
  }

  /** The record's bytes, without any content, to be stored; none where the check failed. */
  get record(): Uint8Array<ArrayBuffer> | undefined {
    return this.failure ? undefined : bytesOf(this.#reading);
  }

  /** What the rules tell a person, strongest first. `lang` defaults to the policy's first language. */
  messages(lang?: string): readonly Message[] {
    const failed = this.#speak(lang, "The check could not be completed.", "Die Prüfung konnte nicht zu Ende geführt werden.");
    const messages = this.#told(lang).map(({ id: rule, verdict, text, hint }) => ({ rule, verdict, text, hint }));
    return this.#flag(ERROR) ? [{ rule: "", verdict: this.verdict, text: failed, hint: "" }, ...messages] : messages;
  }

  /** Names the rules, the clauses that held, the legal basis, and what the person can do now. */
  explain(lang?: string): Explanation {
    const { detectors, id, version, build } = this.#behind.policy;
    const { words, demandAt } = this.#reading;
    const { verdict, obligations, would } = this;
    return { verdict, rules: this.#told(lang), obligations, would, searched: detectors.filter((_, i) => bit(words, demandAt, i)).map(({ id }) => id), policy: { id, version, build } };
  }

  /**
   * The content with a placeholder in the place of every span that must be redacted, in the form in
   * which the event had it. A vault keeps placeholders stable and restores answers. Decide once
   * more on the result before it goes out.
   */
  redacted<C extends Content = Content>(vault: Vault): C {
    const content = contentOf(this.#event) as Content | null | undefined;
    vault.avoid(this.#texts);
    const clean = this.#texts.map((text, part) => {
      let out = "";
      let from = 0;
      for (const group of groupsOf(this.findings.filter((finding) => finding.part === part && finding.redact))) {
        const { label } = group.find(({ also }) => !also) ?? group[0]!;
        const { start } = group[0]!;
        const end = Math.max(...group.map(({ end }) => end));
        out += text.slice(from, start) + vault.placeholder(label, text.slice(start, end));
        from = end;
      }
      return out + text.slice(from);
    });
    return (typeof content === "string" || !content ? (clean[0] ?? "") : content.map((part, i) => (typeof part === "string" ? clean[i] : { ...part, text: clean[i] }))) as C;
  }

  /** Without any content. */
  toJSON(): object {
    const { verdict, full, rules, obligations, would, findings } = this;
    return { verdict, full, rules, obligations, would, findings, failure: this.failure?.code };
  }

  #byte(i: number): number {
    return byte(this.#reading.words, i);
  }

  #flag(flag: number): boolean {
    return (half(this.#reading.words, FLAGS) & flag) > 0;
  }

  /** Where rules that fired stand. */
  #hits(): number[] {
    return Array.from({ length: half(this.#reading.words, RULES) }, (_, i) => HEADER + i * RULE);
  }

  #fired<T>(hits: number[], as: (rule: Rule, info: RuleInfo) => T): T[] {
    const { words } = this.#reading;
    return hits.map((at) => {
      const info = this.#behind.policy.rules[half(words, 2 * at)]!;
      const { id, cite, clauses } = info;
      const held = clauses.filter((_, k) => k < 64 && bit(words, at + 1, k)).map(({ text }) => text);
      return as({ id, verdict: VERDICTS[byte(words, 4 * at + 3)]!, full: VERDICTS[byte(words, 4 * at + 2)]!, cite, clauses: held }, info);
    });
  }

  #duties(from: number, length: number): Obligation[] {
    const { words, dutiesAt } = this.#reading;
    return Array.from({ length: half(words, length) }, (_, i) => {
      const code = half(words, 2 * dutiesAt + from + i);
      return { kind: KINDS[code >> 12]!, argument: this.#behind.policy.obligations[code & 0xfff]!.argument ?? "" };
    });
  }

  #speak(lang: string | undefined, en: string, de: string): string {
    return (lang ?? this.#behind.policy.languages[0])?.startsWith("de") ? de : en;
  }

  #told(lang?: string): Told[] {
    // Counts, names of detectors, and attributes marked `printable`. Never findings.
    const fill = (info: RuleInfo, texts?: Texts): string =>
      (this.#choose(lang, texts) ?? "").replace(/\{\{|\{([^}]*)\}/g, (whole, name?: string) => (name === undefined ? "{" : (this.#word(name.trim(), info, lang) ?? whole)));
    const { words } = this.#reading;
    const strongestFirst = this.#hits().sort((a, b) => half(words, 2 * b + 1) - half(words, 2 * a + 1));
    return this.#fired(strongestFirst, (rule, info) => ({ ...rule, text: fill(info, info.say), hint: fill(info, info.hint) }));
  }

  /** In a language, else in the policy's first. */
  #choose(lang = "", texts: Texts = {}): string | undefined {
    return texts[lang.slice(0, 2)] ?? texts[this.#behind.policy.languages[0] ?? ""];
  }

  #word(name: string, { id, obligations, detectors = [] }: RuleInfo, lang?: string): string | undefined {
    const { policy, schema } = this.#behind;
    // Findings of low confidence count only where there are no others.
    const named = this.findings.filter(({ detector }) => detectors.some((i) => policy.detectors[i]?.id === detector));
    const sure = named.filter(({ confidence }) => confidence !== "low");
    const about = sure.length ? sure : named;
    if (name === "rule") return id;
    if (name === "role") return obligations.map((i) => policy.obligations[i]).find((duty) => duty?.kind === "approve")?.argument ?? "";
    if (name === "count") return String(groupsOf(about).length);
    if (name === "detectors") {
      const all = about.map(({ detector }) => policy.detectors.find(({ id }) => id === detector)!).map(({ title, titles }) => this.#choose(lang, titles) ?? title);
      const titles = [...new Set(all)];
      return [titles.slice(0, -1).join(", "), ...titles.slice(-1)].filter(Boolean).join(this.#speak(lang, " and ", " und "));
    }
    const slot = schema.slots.find((slot) => slot.name === name && slot.printable);
    if (!slot) return undefined;
    const sent = name.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], this.#event) ?? this.#event[name];
    const known = slot.variants && !slot.variants.includes(sent as string) ? undefined : sent;
    const value = known ?? slot.default ?? this.#speak(lang, "unknown", "unbekannt");
    const shown = slot.type === "host" ? (normaliseHost(String(value)) ?? value) : Array.isArray(value) ? value.join(", ") : value;
    // Control characters, and those that turn the direction of a text, have no place in a message.
    return String(shown).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
  }
}

/** Findings that overlap, together: they are one (semantics 37). */
function groupsOf(findings: readonly Finding[]): Finding[][] {
  const groups: Finding[][] = [];
  let [part, reach] = [-1, 0];
  for (const finding of findings) {
    if (finding.part !== part || finding.start >= reach) groups.push([]);
    reach = Math.max(finding.part === part ? reach : 0, finding.end);
    part = finding.part;
    groups.at(-1)!.push(finding);
  }
  return groups;
}
