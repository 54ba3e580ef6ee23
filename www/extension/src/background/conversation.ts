// Decides: one conversation per tab and site, with a vault of its own. Vaults live in the browser's
// session store, which is memory: they survive the background's sleep, and end with the browser.

import { Guard, type Decision, type RiegelEvent, type Verdict } from "@riegel/guard";
import { Vault } from "@riegel/guard/vault";
import { atLeast, Session, spans, type Check } from "@riegel/widget/parts";
import { web } from "../shared/browser.js";
import type { Held, Redacted, View } from "../shared/messages.js";
import { factsOf } from "../shared/services.js";
import type { Settings } from "../shared/settings.js";

const STAGE: Readonly<Record<string, Verdict>> = { observe: "log", warn: "warn", enforce: "block" };
const MOST_MARKS = 200;

/** What is decided with. */
export interface Means {
  readonly guard: Guard;
  readonly settings: Settings;
  readonly trainings: readonly string[];
  readonly language: "de" | "en";
}

/** A guard that is told only what its policy asks for, and which rules held when it was asked last. */
interface Telling {
  readonly guard: Guard;
  rules(): readonly string[];
}

function telling(guard: Guard): Telling {
  let last: Decision | undefined;
  const known = new Set(guard.schema.slots.map(({ name }) => name));
  const only = (value: unknown, prefix: string): unknown => {
    if (typeof value !== "object" || !value || Array.isArray(value)) return value;
    const entries = Object.entries(value).filter(([key]) => {
      const name = prefix + key;
      return known.has(name) || [...known].some((slot) => slot.startsWith(`${name}.`)) || (prefix === "" && (key === "content" || key === "today")) || (prefix === "content." && (key === "text" || key === "parts"));
    });
    return Object.fromEntries(entries.map(([key, inner]) => [key, only(inner, `${prefix}${key}.`)]));
  };
  const decide = (event: RiegelEvent): Decision => (last = guard.decide(guard.schema.slots.length ? (only(event, "") as RiegelEvent) : event));
  return { guard: { decide } as unknown as Guard, rules: () => (last?.messages() ?? []).map(({ rule }) => rule).filter(Boolean) };
}

export class Conversation {
  readonly #session: Session;
  readonly #telling: Telling;

  private constructor(
    readonly key: string,
    readonly host: string,
    readonly means: Means,
    vault: Vault,
  ) {
    const { settings, trainings, guard } = means;
    const user = { roles: settings.roles ?? [], trainings, ...(settings.department && { department: settings.department }) };
    this.#telling = telling(guard);
    this.#session = new Session(this.#telling.guard, {
      vault,
      event: { destination: factsOf(host, settings.services), user, ...(settings.tenant && { tenant: { id: settings.tenant } }) },
    });
  }

  /** The conversation of a tab with a site. */
  static async open(tab: number, host: string, means: Means): Promise<Conversation> {
    const key = `vault ${tab} ${host}`;
    const held = (await web.storage.session.get(key))[key] as Held | undefined;
    return new Conversation(key, host, means, new Vault(key, held));
  }

  /** What its placeholders stand for. */
  get held(): Held {
    return this.#session.vault.held();
  }

  /** Decides about a content; `facts` are about the content itself. */
  decide(action: string, text: string, facts?: Readonly<Record<string, unknown>>): { readonly check: Check; readonly view: Omit<View, "entry"> } {
    const content = facts ? { ...facts, text } : text;
    const check = this.#session.check(action, content as string);
    // Rules that only count have nothing to tell, and are recorded all the same.
    const rules = this.#telling.rules();
    return { check, view: { ...this.#view(check, action, text), rules } };
  }

  /** Puts placeholders where the policy asks for it, keeps their values, and decides once more. */
  async redact(action: string, text: string): Promise<Omit<Redacted, "view"> & { readonly view: Omit<View, "entry"> }> {
    const check = this.#session.check(action, text);
    const redacted = check.redactable ? this.#session.redact(check, text) : text;
    await web.storage.session.set({ [this.key]: this.held });
    return { text: redacted, view: this.decide(action, redacted).view, held: this.held };
  }

  /** A verdict, as far as the roll-out has come. */
  capped(verdict: Verdict): Verdict {
    const cap = STAGE[this.means.settings.stage ?? "enforce"] ?? "block";
    return atLeast(verdict, cap) ? cap : verdict;
  }

  #view(check: Check, action: string, text: string): Omit<View, "entry" | "rules"> {
    const { trainings, language, guard } = this.means;
    const capped = (verdict: Verdict): Verdict => this.capped(verdict);
    const { obligations } = check;
    const helps = this.#session.redactionHelps(check, action, text);
    const redact = new Set(spans(check, 0).map(({ start }) => start));
    // What is redacted is what is shown; where nothing is, all that is sure.
    let reach = 0;
    const sure = check.findings.filter(({ confidence, start, end, redact: asked }) => {
      if (check.redactable ? !asked : confidence === "low") return false;
      if (start < reach) return false;
      reach = end;
      return true;
    });
    const after = helps ? capped(this.#session.check(action, without(check, text)).verdict) : undefined;
    const cites = new Map(guard.policy.rules.map(({ id, cite }) => [id, cite]));
    return {
      verdict: capped(check.verdict),
      failed: check.failed,
      told: check.messages(language).filter(({ verdict }) => atLeast(verdict, "warn")).map(({ rule, text, hint }) => ({ rule, text, hint, cite: cites.get(rule) ?? [] })),
      marks: sure.slice(0, MOST_MARKS).map(({ start, end, label }) => ({ start, end, label, redact: redact.has(start) })),
      roles: obligations.filter(({ kind }) => kind === "approve").map(({ argument }) => argument),
      lessons: obligations.filter(({ kind, argument }) => kind === "train" && !trainings.includes(argument)).map(({ argument }) => argument),
      disclose: obligations.some(({ kind }) => kind === "disclose"),
      ...(after && { redacted: after }),
    };
  }
}

/** Forgets the vaults of a tab. */
export async function forget(tab: number): Promise<void> {
  const keys = Object.keys(await web.storage.session.get(null)).filter((key) => key.startsWith(`vault ${tab} `));
  if (keys.length) await web.storage.session.remove(keys);
}

/** The text with placeholders that nobody keeps. */
function without(check: Check, text: string): string {
  let [out, from] = ["", 0];
  for (const [i, { start, end, label }] of spans(check, 0).entries()) {
    out += `${text.slice(from, start)}[${label}_${i + 1}]`;
    from = end;
  }
  return out + text.slice(from);
}
