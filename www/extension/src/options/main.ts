// The options page: what is active, who set it, the rules to read, a field to try, the journal.

import type { AdminAsk, Overview } from "../background/admin.js";
import type { Entry } from "../background/journal.js";
import { web } from "../shared/browser.js";
import type { View } from "../shared/messages.js";
import { button, make, table } from "./dom.js";
import { pageWords } from "./words.js";

const ask = <T>(message: AdminAsk): Promise<T> => web.runtime.sendMessage(message) as Promise<T>;
const main = document.querySelector<HTMLElement>("#main")!;

async function show(): Promise<void> {
  const overview = await ask<Overview>({ admin: "overview" });
  const { language, settings, policy } = overview;
  const words = pageWords(language);
  document.documentElement.lang = language;
  document.title = words.title;
  const journal = await ask<readonly Entry[]>({ admin: "journal" });

  const facts: [string, string][] = [
    [words.policy, `${policy.title} (${policy.id})`],
    [words.version, `${policy.version}, ${policy.build.slice(0, 12)}`],
    [words.from, policy.from === "packed" ? words.packed : words.managed(policy.day ?? "")],
    ...(policy.reviewBy ? [[words.review, policy.reviewBy] as [string, string]] : []),
    [words.extension, overview.version],
  ];
  const status = make(
    "section",
    overview.healthy ? "good" : "bad",
    make("h2", "", overview.healthy ? words.works : words.fails),
    make("p", "", overview.healthy ? words.worksText : words.failsText),
    make("p", "", overview.managed ? words.setBy(settings.company ?? words.yourIt) : words.nobody),
    make("dl", "", ...facts.flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)])),
    ...(policy.problem ? [make("p", "", `${words.problem}: ${policy.problem}`)] : []),
    ...(overview.problems.length ? [make("p", "", `${words.unclear}: ${overview.problems.join(", ")}`)] : []),
    ...(settings.policy_url ? [button(words.update, async () => { await ask({ admin: "update" }); await show(); })] : []),
  );

  const copied = make("p", "muted");
  copied.role = "status";
  const check = make("section", "", make("h2", "", words.check), make("p", "", words.checkText), make("pre", "", words.sample),
    button(words.copy, async () => {
      await navigator.clipboard.writeText(words.sample);
      copied.textContent = words.copied;
    }, true), copied);
  void ask<View>({ admin: "try", host: "chat.muster-ki.example", text: words.sample }).then(({ verdict }) => check.append(make("p", "small", words.here(words.verdicts[verdict] ?? verdict))));

  const [host, text, result] = [make("input"), make("textarea"), make("div")];
  host.value = "chatgpt.com";
  text.value = words.sample;
  result.role = "status";
  const attempt = make("section", "", make("h2", "", words.try), make("p", "muted", words.tryText), make("label", "", words.host, host), make("label", "", words.text, text),
    button(words.try, async () => {
      const view = await ask<View>({ admin: "try", host: host.value.trim() || "unknown.invalid", text: text.value });
      const marked = make("pre");
      let from = 0;
      for (const { start, end } of view.marks) {
        marked.append(text.value.slice(from, start), make("mark", "", text.value.slice(start, end)));
        from = end;
      }
      marked.append(text.value.slice(from));
      result.replaceChildren(make("p", "", make("strong", "", words.verdicts[view.verdict] ?? view.verdict)), ...view.told.flatMap(({ text, hint }) => [make("p", "", text), make("p", "muted", hint)]), marked);
    }, true), result);

  const rules = make("section", "", make("h2", "", words.rules), make("p", "muted", words.rulesText(overview.rules.length)),
    make("details", "", make("summary", "", words.rules), ...overview.rules.flatMap(({ id, verdict, say, hint, cite }) => [make("h3", "", `${words.verdicts[verdict] ?? verdict}: ${id}`), make("p", "", say), make("p", "muted", hint), make("p", "muted small", cite.join("; "))])),
    make("details", "", make("summary", "", words.finds(overview.detectors.length)), make("p", "", overview.detectors.join(", "))));

  const rows = [...journal].reverse().slice(0, 200).map(({ day, host, action, verdict, found, choice, reason = "" }) => [day, host, words.actions[action] ?? action, words.verdicts[verdict] ?? verdict, Object.entries(found).map(([label, count]) => `${label}: ${count}`).join(", "), words.choices[choice] ?? choice, reason]);
  const link = make("a", "", words.recorded);
  link.href = "works.html";
  const log = make("section", "", make("h2", "", words.journal), make("p", "muted", words.journalText), make("p", "", settings.report_url ? words.reports(new URL(settings.report_url).host) : words.noReports), make("p", "", link),
    ...(rows.length ? [table(words.journal, words.columns, rows), button(words.export, () => save(journal)), button(words.clear, async () => { await ask({ admin: "clear" }); await show(); })] : [make("p", "muted", words.none)]));

  main.replaceChildren(make("h1", "", words.title), status, check, attempt, rules, log, ...(overview.managed ? [] : [ownServices(overview)]));
}

function ownServices({ settings, language }: Overview): HTMLElement {
  const words = pageWords(language);
  const input = make("input");
  input.placeholder = "ki.muster-firma.example";
  const listed = settings.services ?? [];
  return make("section", "", make("h2", "", words.own), make("p", "muted", words.ownText), ...listed.map(({ host }) => make("p", "", host)), make("label", "", words.host, input),
    button(words.add, async () => {
      const host = input.value.trim().toLowerCase().replace(/^https?:\/\//, "").replace(/[/:].*$/, "");
      if (!host || !(await web.permissions.request({ origins: [`*://${host}/*`] }))) return;
      await ask({ admin: "own", settings: { ...settings, services: [...listed, { host }] } });
      await show();
    }));
}

/** The journal as a file. */
function save(journal: readonly Entry[]): void {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(journal.map(({ id: _, ...entry }) => entry), null, 1)], { type: "application/json" }));
  link.download = "riegel-journal.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

void show();
