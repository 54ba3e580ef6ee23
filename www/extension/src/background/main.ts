// The background: answers content scripts and the options page. Only messages of this extension's own
// parts count, and what a content script may ask is less than what the options page may.

import { atLeast } from "@riegel/widget/parts";
import { web, type Sender } from "../shared/browser.js";
import type { Ask, Held, Site, View } from "../shared/messages.js";
import { departmentOf, type Line } from "../shared/record.js";
import { wordsIn } from "../shared/words.js";
import { administer, type AdminAsk } from "./admin.js";
import { forget, type Conversation } from "./conversation.js";
import { textsOf } from "../reading/files.js";
import { chose, nextId, note } from "./journal.js";
import { update } from "./policy.js";
import { report } from "./report.js";
import { hostOf, State } from "./state.js";
import { badge, health, register } from "./upkeep.js";

const state = new State();
/** How often the address is asked for a newer policy, in minutes. */
const EVERY = 60;

/** Writes down what was decided, where somebody is told or something is counted. */
async function record(conversation: Conversation, action: string, view: Omit<View, "entry">, sender: Sender, wanted: boolean): Promise<View> {
  if (view.verdict === "allow" || !wanted) return { ...view, entry: -1 };
  const id = await nextId();
  const { settings } = conversation.means;
  const found: Record<string, number> = {};
  for (const { label } of view.marks) found[label] = (found[label] ?? 0) + 1;
  const line: Line = {
    day: new Date().toISOString().slice(0, 10),
    tenant: settings.tenant ?? "",
    department: departmentOf(settings.department, settings.group_size),
    host: conversation.host,
    action,
    verdict: view.verdict,
    rules: view.rules,
    found,
    choice: "none",
    count: 1,
  };
  void note(id, line);
  if (atLeast(view.verdict, "justify")) badge(sender.tab?.id);
  return { ...view, entry: id };
}

/** Files count as one content: the strictest of them applies. */
async function decideFiles(conversation: Conversation, action: string, files: Extract<Ask, { ask: "files" }>["files"]): Promise<Omit<View, "entry">> {
  let worst: Omit<View, "entry"> | undefined;
  for (const file of files) {
    const text = await textsOf(file);
    const { view } = conversation.decide(action === "upload" ? "upload" : action, text ?? "", { mime: file.mime, file_name: file.name, length: file.size });
    // Nobody can see what is in it, so it is not waved through.
    const unread = { rule: "unreadable", text: wordsIn(conversation.means.language).unreadable, hint: "", cite: [] };
    const careful = text === undefined ? { ...view, verdict: atLeast(view.verdict, "justify") ? view.verdict : conversation.capped("justify"), told: [unread, ...view.told], rules: [unread.rule, ...view.rules] } : view;
    if (!worst || !atLeast(worst.verdict, careful.verdict)) worst = careful;
  }
  return worst ?? conversation.decide(action, "").view;
}

async function answer(message: Ask, sender: Sender): Promise<unknown> {
  const conversation = await state.conversation(sender);
  const { settings, language, guard } = conversation.means;
  switch (message.ask) {
    case "site":
      return {
        language,
        onError: settings.stage === "observe" ? "log" : settings.stage === "warn" ? "warn" : guard.policy.on_error,
        ...(settings.tool && { tool: settings.tool }),
        contacts: Object.fromEntries((settings.contacts ?? []).map(({ role, email }) => [role, email])),
        held: conversation.held,
      } satisfies Omit<Site, "onError"> & { onError: string };
    case "decide":
      return record(conversation, message.action, conversation.decide(message.action, message.text).view, sender, message.record);
    case "redact": {
      const redacted = await conversation.redact(message.action, message.text);
      return { ...redacted, view: { ...redacted.view, entry: -1 }, held: redacted.held satisfies Held };
    }
    case "files":
      return record(conversation, message.action, await decideFiles(conversation, message.action, message.files), sender, true);
    case "chose": {
      if (message.lesson) await state.learnt(message.lesson);
      else if (message.entry >= 0) await chose(message.entry, message.choice, message.reason);
      return true;
    }
    case "frames":
      if (sender.tab?.id === undefined) return false;
      await web.scripting.executeScript({ target: { tabId: sender.tab.id, allFrames: true }, files: ["content.js"], injectImmediately: true });
      return true;
    case "net":
      if (sender.tab?.id === undefined || sender.frameId === undefined) return false;
      await web.scripting.executeScript({ target: { tabId: sender.tab.id, frameIds: [sender.frameId] }, files: ["net.js"], world: "MAIN", injectImmediately: true });
      return true;
    case "top":
      return sender.tab?.id === undefined ? undefined : web.tabs.sendMessage(sender.tab.id, message, { frameId: 0 });
    default:
      return undefined;
  }
}

web.runtime.onMessage.addListener((message, sender, reply) => {
  if (sender.id !== web.runtime.id || typeof message !== "object" || !message) return undefined;
  const page = sender.url?.startsWith(web.runtime.getURL("")) ?? false;
  if ("admin" in message) {
    if (!page) return undefined;
    void administer(message as AdminAsk, state).then(reply, () => reply(undefined));
    return true;
  }
  if (!sender.tab || !hostOf(sender)) return undefined;
  void answer(message as Ask, sender).then(reply, () => reply(undefined));
  return true;
});

/** Looks for a newer policy, and sends what is due. */
async function tend(): Promise<void> {
  const { settings } = await state.settings();
  if (await update(settings)) state.renew();
  await health(state);
  await report(settings);
}

let turn: Promise<void> = Promise.resolve();

/** Sets everything up, once at a time: settings may come while we are at it. */
function begin(): Promise<void> {
  const now = async (): Promise<void> => {
    const { settings } = await state.settings();
    await register(settings);
    await tend();
  };
  turn = turn.then(now, now);
  return turn;
}

state.onRenewed = begin;
web.runtime.onInstalled.addListener(() => void begin());
web.runtime.onStartup.addListener(() => void begin());
web.storage.onChanged.addListener((_, area) => {
  if (area !== "managed") return;
  state.renew();
  void begin();
});
web.alarms.create("tend", { periodInMinutes: EVERY, delayInMinutes: 1 });
// In turn as well: two reports at once would count everything twice.
web.alarms.onAlarm.addListener(({ name }) => name === "tend" && void (turn = turn.then(tend, tend)));
// With a tab go its placeholders.
web.tabs.onRemoved.addListener((tab) => void forget(tab));
web.action.onClicked.addListener(() => void web.runtime.openOptionsPage());
// The module is compiled before the first question comes.
void state.means().then(() => health(state));
