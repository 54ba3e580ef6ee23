// One conversation with an AI service: the policies that guard it, the facts around it, and the
// vault with what was redacted. It knows nothing of pages; `<riegel-guard>` and `guardChat` share it.
//
// Invariant: what a policy stops is never let through by a person. A reason or an approval opens
// exactly the text for which it was given, and only where the policy asks for one.

import type { Decision, Finding, Guard, Message, Obligation, Part, RiegelEvent, Verdict } from "@riegel/guard";
import { Vault } from "@riegel/guard/vault";

const STRENGTH: readonly Verdict[] = ["allow", "log", "warn", "justify", "redact", "approve", "block"];

/** Is a verdict at least as strong as another? */
export const atLeast = (verdict: Verdict, other: Verdict): boolean => STRENGTH.indexOf(verdict) >= STRENGTH.indexOf(other);

/** A place in a text, and what to put there. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What all policies of a session say about one content. */
export interface Check {
  /** The strongest of them. */
  readonly verdict: Verdict;
  /** By part and place. */
  readonly findings: readonly Finding[];
  readonly obligations: readonly Obligation[];
  /** A policy could not be asked; its declared `on_error` applies. */
  readonly failed: boolean;
  /** Something can be redacted. */
  readonly redactable: boolean;
  /** What the policies tell a person, strongest first. */
  messages(lang?: string): readonly Message[];
}

/** How a session is set up. */
export interface SessionOptions {
  /** Facts that are the same for every event: destination, user, tenant … */
  readonly event?: Readonly<Record<string, unknown>>;
  /** Where values wait while their placeholders are away. */
  readonly vault?: Vault;
}

/** One conversation. */
export class Session {
  /** Facts that are the same for every event; may be changed. */
  event: Readonly<Record<string, unknown>>;
  readonly vault: Vault;
  readonly #guards: readonly Guard[];
  readonly #permitted = new Set<string>();

  /** Several policies may guard one conversation: the strictest of them applies. */
  constructor(guards: Guard | readonly Guard[], { event = {}, vault = new Vault() }: SessionOptions = {}) {
    this.#guards = Array.isArray(guards) ? guards : [guards as Guard];
    if (!this.#guards.length) throw new TypeError("a session needs a guard");
    this.event = event;
    this.vault = vault;
  }

  /** Asks all policies. `action` is `type`, `paste`, `drop`, `prompt` (about to be sent) or `response`. */
  check(action: string, content: string | readonly Part[]): Check {
    const decisions: readonly Decision[] = this.#guards.map((guard) => guard.decide({ ...this.event, action, content } as RiegelEvent));
    const findings = decisions.flatMap(({ findings }) => findings).sort((a, b) => a.part - b.part || a.start - b.start || b.end - a.end);
    return {
      verdict: decisions.map(({ verdict }) => verdict).reduce((most, verdict) => (atLeast(verdict, most) ? verdict : most)),
      findings,
      obligations: decisions.flatMap(({ obligations }) => obligations),
      failed: decisions.some(({ failure }) => failure),
      redactable: findings.some(({ redact }) => redact),
      messages: (lang) => decisions.flatMap((decision) => decision.messages(lang)).filter(({ text }) => text).sort((a, b) => STRENGTH.indexOf(b.verdict) - STRENGTH.indexOf(a.verdict)),
    };
  }

  /** May this go out now, after what a person said about it? */
  passes({ verdict }: Check, text: string): boolean {
    return !atLeast(verdict, "justify") || ((verdict === "justify" || verdict === "approve") && this.#permitted.has(text));
  }

  /** Must more be met than redaction: is this stopped, or does a rule ask for a reason or an approval (semantics 15)? */
  stands({ verdict, obligations }: Check, text: string): boolean {
    return verdict === "block" || (!this.#permitted.has(text) && obligations.some(({ kind }) => kind === "justify" || kind === "approve"));
  }

  /** A reason was given for this text, or a role approved it. What is stopped stays stopped. */
  permit(text: string): void {
    this.#permitted.add(text);
  }

  /** What to replace in a text (a part of the checked content), so that nothing is left to redact. */
  edits(check: Check, text: string, part = 0): Edit[] {
    return spans(check, part).map(({ start, end, label }) => ({ start, end, text: this.vault.placeholder(label, text.slice(start, end)) }));
  }

  /** A text with its edits made. Placeholders that somebody wrote stay what they are. */
  redact(check: Check, text: string, part = 0): string {
    this.vault.avoid([text]);
    return apply(text, this.edits(check, text, part));
  }

  /** Would redaction make the verdict weaker? Nothing is put into the vault to find out. */
  redactionHelps(check: Check, action: string, text: string): boolean {
    if (!check.redactable) return false;
    const without = apply(text, spans(check, 0).map(({ start, end, label }, i) => ({ start, end, text: `[${label}_${i + 1}]` })));
    return !atLeast(this.check(action, without).verdict, check.verdict);
  }

  /** Forgets the values and what was permitted. */
  clear(): void {
    this.vault.clear();
    this.#permitted.clear();
  }
}

/** Where redaction is asked for; what overlaps is one place. */
export function spans({ findings }: Check, part: number): { start: number; end: number; label: string }[] {
  const found: { start: number; end: number; label: string; also: boolean }[] = [];
  for (const { start, end, label, also, redact, part: of } of findings) {
    if (!redact || of !== part) continue;
    const last = found.at(-1);
    if (!last || start >= last.end) found.push({ start, end, label, also });
    else {
      if (last.also && !also) Object.assign(last, { label, also });
      last.end = Math.max(last.end, end);
    }
  }
  return found;
}

/** A text with edits made: they are in order and do not overlap. */
export function apply(text: string, edits: readonly Edit[]): string {
  let out = "";
  let from = 0;
  for (const edit of edits) {
    out += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return out + text.slice(from);
}
