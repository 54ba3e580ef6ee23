// What the background does beside deciding: where content scripts stand, the badge, and whether AI
// hosts are open.

import { web } from "../shared/browser.js";
import { isListed } from "../shared/services.js";
import type { Settings } from "../shared/settings.js";
import type { State } from "./state.js";

const IDS = ["own-net", "own-content"];
/** Numbers of rules: of those that stay, and of those that end with the session. */
const [CLOSED, OPEN] = [[1, 2], 1];

/** Content scripts on the company's own services; those of the catalogue are in the manifest. */
export async function register({ services = [] }: Settings): Promise<void> {
  const there = (await web.scripting.getRegisteredContentScripts({ ids: IDS })).map(({ id }) => id);
  if (there.length) await web.scripting.unregisterContentScripts({ ids: there });
  const matches = services.filter(({ host }) => !isListed(host)).map(({ host }) => `*://${host}/*`);
  // Managed builds close these hosts too, until the guard works.
  const domains = services.map(({ host }) => host.replace(/^\*\./, ""));
  await web.declarativeNetRequest?.updateDynamicRules({
    removeRuleIds: CLOSED,
    // Requests of scripts, and forms that are sent by going to a page. The same as scripts/manifest.mjs.
    addRules: domains.length
      ? [{ resourceTypes: ["xmlhttprequest", "websocket", "ping", "other"] }, { resourceTypes: ["main_frame", "sub_frame"], requestMethods: ["post"] }].map((what, i) => ({ id: CLOSED[i]!, priority: 1, action: { type: "block" }, condition: { requestDomains: domains, ...what } }))
      : [],
  });
  if (!matches.length) return;
  const common = { matches, runAt: "document_start", allFrames: true, matchOriginAsFallback: true, persistAcrossSessions: true } as const;
  await web.scripting.registerContentScripts([
    { ...common, id: "own-net", js: ["net.js"], world: "MAIN" },
    { ...common, id: "own-content", js: ["content.js"], world: "ISOLATED" },
  ]);
}

/** Shows how often something was held in a tab. */
const held = new Map<number, number>();
export function badge(tab: number | undefined): void {
  if (tab === undefined) return;
  held.set(tab, (held.get(tab) ?? 0) + 1);
  void web.action.setBadgeText({ text: String(held.get(tab)), tabId: tab }).catch(() => undefined);
}

/** Shows whether the guard works, and opens AI hosts only while it does: a rule of this session is stronger than those that close. */
export async function health(state: State): Promise<boolean> {
  const { guard, problem } = await state.active();
  const healthy = !guard.decide({ action: "type", destination: { host: "selbsttest.invalid" }, content: "" }).failure;
  await web.action.setBadgeBackgroundColor({ color: healthy ? "#0b5c50" : "#9a2f1b" });
  await web.action.setBadgeText({ text: healthy ? (problem ? "?" : "") : "!" });
  await web.declarativeNetRequest?.updateSessionRules({
    removeRuleIds: [OPEN],
    addRules: healthy ? [{ id: OPEN, priority: 2, action: { type: "allow" }, condition: { resourceTypes: ["xmlhttprequest", "websocket", "ping", "other", "sub_frame", "main_frame"] } }] : [],
  });
  return healthy;
}
