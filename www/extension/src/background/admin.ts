// What the options page asks.

import { web } from "../shared/browser.js";
import type { View } from "../shared/messages.js";
import { factsOf } from "../shared/services.js";
import { readSettings, type Settings } from "../shared/settings.js";
import { Conversation } from "./conversation.js";
import { clear, entries, type Entry } from "./journal.js";
import { update } from "./policy.js";
import { languageIn, type State } from "./state.js";
import { health, register } from "./upkeep.js";

export type AdminAsk =
  | { readonly admin: "overview" }
  | { readonly admin: "try"; readonly host: string; readonly text: string }
  | { readonly admin: "journal" }
  | { readonly admin: "clear" }
  | { readonly admin: "update" }
  | { readonly admin: "own"; readonly settings: Readonly<Record<string, unknown>> };

/** A rule of the active policy, to be read. */
export interface RuleText {
  readonly id: string;
  readonly verdict: string;
  readonly say: string;
  readonly hint: string;
  readonly cite: readonly string[];
}

export interface Overview {
  readonly language: "de" | "en";
  readonly version: string;
  readonly healthy: boolean;
  readonly managed: boolean;
  readonly settings: Settings;
  readonly problems: readonly string[];
  readonly policy: { readonly id: string; readonly title: string; readonly version: string; readonly build: string; readonly reviewBy?: string; readonly from: "packed" | "managed"; readonly day?: string; readonly problem?: string; readonly onError: string };
  readonly rules: readonly RuleText[];
  readonly detectors: readonly string[];
  readonly lessons: readonly string[];
}

export async function administer(message: AdminAsk, state: State): Promise<Overview | View | readonly Entry[] | boolean | undefined> {
  const { settings, problems } = await state.settings();
  const language = languageIn(settings);
  switch (message.admin) {
    case "overview": {
      const { guard, from, day, problem } = await state.active();
      const { policy } = guard;
      const say = (texts: Readonly<Record<string, string>> = {}): string => texts[language] ?? texts[policy.languages[0] ?? ""] ?? "";
      return {
        language,
        version: web.runtime.getManifest().version,
        healthy: await health(state),
        managed: Object.keys(((await web.storage.local.get("managed")).managed as object | undefined) ?? {}).length > 0,
        settings,
        problems,
        policy: { id: policy.id, title: policy.title, version: policy.version, build: policy.build, ...(policy.review_by && { reviewBy: policy.review_by }), from, ...(day && { day }), ...(problem && { problem }), onError: policy.on_error },
        rules: policy.rules.map(({ id, verdict, say: texts, hint, cite }) => ({ id, verdict, say: say(texts), hint: say(hint), cite })),
        detectors: policy.detectors.map(({ title, titles }) => say(titles) || title),
        lessons: await state.lessons(),
      };
    }
    case "try": {
      const host = factsOf(message.host)["host"] as string;
      const conversation = await Conversation.open(-1, host, await state.means());
      return { ...conversation.decide("paste", message.text).view, entry: -1 };
    }
    case "journal":
      return entries();
    case "clear":
      await clear();
      return true;
    case "update":
      await update(settings);
      state.renew();
      return true;
    case "own": {
      // Only where there is no administrator: theirs wins anyway.
      const own = readSettings(message.settings).settings;
      await web.storage.local.set({ own });
      state.renew();
      await register(own);
      return true;
    }
    default:
      return undefined;
  }
}
