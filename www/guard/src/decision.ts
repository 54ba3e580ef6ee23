// A decision: the record, and what it means. Everything is read when it is asked for, so that a
// decision that nobody looks at costs nothing but its record.
//
// Invariant: content stays inside. It is in private fields only; neither `JSON.stringify` nor the
// console shows it.

import { RiegelError } from "./error.js";
import { CONFIDENCES, contentOf, KINDS, VERDICTS, type Confidence, type Content, type ObligationKind, type RiegelEvent, type Verdict } from "./event.js";
import { normaliseHost } from "./hosts.js";
import { positions } from "./positions.js";
import { ALSO, CONTENT_READ, demanded, ERROR, FINDING, findingsAt, halfAt, HEADER, REDACT, RULE, STAGED, TRUNCATED, UNKNOWN_VALUE } from "./record.js";
import type { DetectorInfo, Policy, RuleInfo, Schema, Texts } from "./sections.js";
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

/** What a host must do. */
export interface Obligation {
  readonly kind: ObligationKind;
  /** Role, training unit or label; empty where there is none. */
  readonly argument: string;
}

/** A span that a detector claims, in UTF-16 code units of its part's text. */
export interface Finding {
  readonly detector: string;
  readonly class: string;
  readonly label: string;
  readonly confidence: Confidence;
  /** Which part of the content; 0 where the content is one text. */
  readonly part: number;
  readonly start: number;
  readonly end: number;
  /** Equal for equal values of one detector. */
  readonly distinct: number;
  /** Another finding covers it in display and redaction. */
  readonly also: boolean;
  /** An obligation redacts it. */
  readonly redact: boolean;
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

/** What came out of {@link Guard.decide}. */
export class Decision {
  /** What applies. */
  readonly verdict: Verdict;
  /** Set where the check failed and the declared `on_error` applies instead of the rules. */
  readonly failure: RiegelError | undefined;
  readonly #behind: Behind;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #at: number;
  readonly #event: RiegelEvent;
  readonly #texts: readonly string[];
  readonly #parts: readonly number[];
  #findings: Finding[] | undefined;

  /** @internal */
  constructor(behind: Behind, words: Uint32Array<ArrayBuffer>, at: number, event: RiegelEvent, texts: readonly string[], parts: readonly number[], failure?: RiegelError) {
    this.#behind = behind;
    this.#words = words;
    this.#at = at;
    this.#event = event;
    this.#texts = texts;
    this.#parts = parts;
    this.failure = failure;
    this.verdict = VERDICTS[(words[at + 3]! >>> 8) & 0xff]!;
  }

  /** What would apply without stages. */
  get full(): Verdict {
    return VERDICTS[this.#words[this.#at + 3]! & 0xff]!;
  }

  /** Rules that fired, in the policy's order. */
  get rules(): readonly Rule[] {
    const words = this.#words;
    return Array.from({ length: words[this.#at + 10]! & 0xffff }, (_, i) => {
      const at = this.#at + HEADER + i * RULE;
      const { id, cite, clauses } = this.#rule(i);
      const held = clauses.filter((_, k) => k < 64 && (words[at + 1 + (k >> 5)]! >>> (k & 31)) & 1);
      return { id, verdict: VERDICTS[words[at]! >>> 24]!, full: VERDICTS[(words[at]! >>> 16) & 0xff]!, cite, clauses: held.map(({ text }) => text) };
    });
  }

  /** What must be done before the content may go on. */
  get obligations(): readonly Obligation[] {
    return this.#obligations(0, this.#words[this.#at + 10]! >>> 16);
  }

  /** What a stage of the policy holds back. */
  get would(): readonly Obligation[] {
    return this.#obligations(this.#words[this.#at + 10]! >>> 16, this.#words[this.#at + 11]! & 0xffff);
  }

  /** What was found, by part and place. */
  get findings(): readonly Finding[] {
    return (this.#findings ??= this.#read());
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
    return this.#behind.schema.slots[this.#words[this.#at + 3]! >>> 24]?.name;
  }

  /** The record's bytes, without any content, to be stored; none where the check failed. */
  get record(): Uint8Array<ArrayBuffer> | undefined {
    const at = this.#at;
    return this.failure ? undefined : new Uint8Array(this.#words.buffer, at * 4, this.#words[at + 1]!).slice();
  }

  /** Why the module itself fell back on `on_error` (docs/abi.md, *Errors in a record*); 0: it did not. */
  get error(): number {
    return (this.#words[this.#at + 3]! >>> 16) & 0xff;
  }

  /** What the rules tell a person, strongest first. `lang` defaults to the policy's first language. */
  messages(lang?: string): readonly Message[] {
    const messages: Message[] = this.#told(lang).map(({ id, verdict, text, hint }) => ({ rule: id, verdict, text, hint }));
    const failed = this.#speak(lang, "The check could not be completed.", "Die Prüfung konnte nicht zu Ende geführt werden.");
    return this.#flag(ERROR) ? [{ rule: "", verdict: this.verdict, text: failed, hint: "" }, ...messages] : messages;
  }

  /** Names the rules, the clauses that held, the legal basis, and what the person can do now. */
  explain(lang?: string): Explanation {
    const { detectors, id, version, build } = this.#behind.policy;
    const { verdict, obligations, would } = this;
    const searched = detectors.filter((_, i) => demanded(this.#words, this.#at, i)).map((detector) => detector.id);
    return { verdict, rules: this.#told(lang), obligations, would, searched, policy: { id, version, build } };
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
      let end = 0;
      const spans = this.findings.filter((finding) => finding.part === part && finding.redact);
      for (let i = 0; i < spans.length; ) {
        const { start } = spans[i]!;
        let [reach, shown] = [spans[i]!.end, spans[i]!];
        while (++i < spans.length && spans[i]!.start < reach) {
          reach = Math.max(reach, spans[i]!.end);
          if (shown.also) shown = spans[i]!;
        }
        out += text.slice(end, start) + vault.placeholder(shown.label, text.slice(start, reach));
        end = reach;
      }
      return out + text.slice(end);
    });
    const parts = typeof content === "string" || !content ? (clean[0] ?? "") : content.map((part, i) => (typeof part === "string" ? clean[i]! : { ...part, text: clean[i]! }));
    return parts as C;
  }

  /** Without any content. */
  toJSON(): object {
    const { verdict, full, rules, obligations, would, findings, failure } = this;
    return { verdict, full, rules, obligations, would, findings, ...(failure && { failure: failure.code }) };
  }

  #flag(flag: number): boolean {
    return ((this.#words[this.#at + 2]! >>> 16) & flag) !== 0;
  }

  #rule(i: number): RuleInfo {
    return this.#behind.policy.rules[this.#words[this.#at + HEADER + i * RULE]! & 0xffff]!;
  }

  #obligations(from: number, count: number): Obligation[] {
    return Array.from({ length: count }, (_, i) => {
      const code = halfAt(this.#words, this.#at, from + i);
      return { kind: KINDS[code >> 12]!, argument: this.#behind.policy.obligations[code & 0xfff]!.argument ?? "" };
    });
  }

  #read(): Finding[] {
    const words = this.#words;
    const first = this.#at + findingsAt(words, this.#at);
    const raw = Array.from({ length: words[this.#at + 12]! }, (_, i) => words.subarray(first + i * FINDING, first + (i + 1) * FINDING));
    const places = this.#texts.map((text, part) => {
      const offset = this.#parts[2 * part]!;
      return positions(text, raw.flatMap((finding) => (finding[1] === part ? [finding[2]! - offset, finding[3]! - offset] : [])));
    });
    return raw.map((finding) => {
      const head = finding[0]!;
      const { id, class: kind, label } = this.#behind.policy.detectors[head & 0xffff]!;
      const part = finding[1]!;
      const place = (byte: number): number => places[part]!.get(byte - this.#parts[2 * part]!)!;
      return {
        detector: id,
        class: kind,
        label: label || "TEXT",
        confidence: CONFIDENCES[((head >>> 16) & 0xff) - 1]!,
        part,
        start: place(finding[2]!),
        end: place(finding[3]!),
        distinct: finding[4]!,
        also: ((head >>> 24) & ALSO) !== 0,
        redact: ((head >>> 24) & REDACT) !== 0,
      };
    });
  }

  #speak(lang: string | undefined, en: string, de: string): string {
    return (lang ?? this.#behind.policy.languages[0])?.startsWith("de") ? de : en;
  }

  #told(lang?: string): (Rule & { text: string; hint: string })[] {
    const { languages, rules } = this.#behind.policy;
    const say = (texts: Texts | undefined, rule: RuleInfo): string => {
      const text = texts?.[lang?.slice(0, 2) ?? ""] ?? texts?.[languages[0] ?? ""];
      return text ? this.#fill(text, rule, lang) : "";
    };
    const told = this.rules.map((rule) => {
      const info = rules.find(({ id }) => id === rule.id)!;
      return { ...rule, text: say(info.say, info), hint: say(info.hint, info) };
    });
    const rank = (rule: Rule): number => VERDICTS.indexOf(rule.verdict) * 8 + VERDICTS.indexOf(rule.full);
    return told.sort((a, b) => rank(b) - rank(a));
  }

  /** Fills a message: counts, names of detectors, and attributes marked `printable`. Never findings. */
  #fill(text: string, rule: RuleInfo, lang?: string): string {
    return text.replace(/\{\{|\{([^}]*)\}/g, (whole, name?: string) => (name === undefined ? "{" : (this.#word(name.trim(), rule, lang) ?? whole)));
  }

  #word(name: string, rule: RuleInfo, lang?: string): string | undefined {
    const { policy, schema } = this.#behind;
    const about = this.#about(rule);
    if (name === "rule") return rule.id;
    if (name === "role") return rule.obligations.map((i) => policy.obligations[i]!).find(({ kind }) => kind === "approve")?.argument ?? "";
    if (name === "count") {
      // Overlapping findings count once (semantics 37).
      let [groups, part, reach] = [0, -1, 0];
      for (const finding of about) {
        if (finding.part !== part || finding.start >= reach) groups++;
        reach = finding.part === part && finding.start < reach ? Math.max(reach, finding.end) : finding.end;
        part = finding.part;
      }
      return String(groups);
    }
    if (name === "detectors") {
      const titleOf = (id: string): string => {
        const { title, titles } = policy.detectors.find((detector: DetectorInfo) => detector.id === id)!;
        return titles?.[(lang ?? policy.languages[0] ?? "").slice(0, 2)] ?? title;
      };
      const titles = [...new Set(about.map(({ detector }) => titleOf(detector)))];
      const last = titles.pop() ?? "";
      return titles.length ? `${titles.join(", ")} ${this.#speak(lang, "and", "und")} ${last}` : last;
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

  /** Findings that a rule speaks of; those of low confidence only where there are no others. */
  #about(rule: RuleInfo): Finding[] {
    const ids = (rule.detectors ?? []).map((i) => this.#behind.policy.detectors[i]!.id);
    const about = this.findings.filter(({ detector }) => ids.includes(detector));
    const sure = about.filter(({ confidence }) => confidence !== "low");
    return sure.length ? sure : about;
  }
}
