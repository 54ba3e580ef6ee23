// The page: three editors, a worker, and what it says.

import type { Diagnostic, Formatted, Tested, Vocabulary } from "@riegel/compiler";
import { inUtf16 } from "@riegel/compiler";
import { Client } from "./client.js";
import { make, show } from "./decision.js";
import { Editor, type Mark } from "./editor.js";
import { EXAMPLES, pack, shared } from "./examples.js";
import type { Tell } from "./protocol.js";
import { fragment, read, type Shared } from "./share.js";
import { language, number, say, speak, type Language } from "./words.js";

const SOURCE = "policy.riegel";
const get = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const [state, problemList, decisionBox, sizeLine, testBox] = [get("state"), get("problems"), get("decision"), get("size"), get("test-results")];

let vocabulary: Vocabulary | undefined;
let checked: Extract<Tell, { kind: "checked" }> | undefined;
let compiled: Extract<Tell, { kind: "compiled" }> | undefined;
let decided: Extract<Tell, { kind: "decided" }> | undefined;
let ready = false;
let unable = false;
let packs: readonly (readonly [name: string, text: string])[] = [];

const later = (wait: number, run: () => void): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
};

const policy = new Editor("policy", get("policy-editor"), later(200, tellPolicy), () => vocabulary);
const event = new Editor("event", get("event-editor"), later(100, tellEvent));
const content = new Editor("content", get("content-editor"), later(60, tellEvent));
const client = new Client(hear, () => toast(say("crashed")));

function tellPolicy(): void {
  client.tell({ kind: "policy", text: policy.text });
  showState();
}

function tellEvent(): void {
  let facts: unknown;
  try {
    facts = JSON.parse(event.text);
  } catch (error) {
    return complain(say("badJson") + (error as Error).message);
  }
  if (typeof facts !== "object" || facts === null || Array.isArray(facts)) return complain(say("badJson") + "{ … }");
  complain("");
  client.tell({ kind: "event", event: facts as Record<string, unknown>, content: content.text, language: language() });
}

function complain(text: string): void {
  get("event-problem").textContent = text;
}

function hear(message: Tell): void {
  switch (message.kind) {
    case "ready":
      ready = true;
      void client.ask<typeof packs>({ kind: "library" }).then((found) => {
        packs = found;
        fillMenu();
      });
      return showState();
    case "unable":
      unable = true;
      return showState();
    case "checked":
      if (message.text !== policy.text) return;
      checked = message;
      vocabulary = message.vocabulary;
      showProblems(message.diagnostics);
      return showState();
    case "compiled":
      compiled = message;
      showState();
      return showSize();
    case "decided":
      decided = message;
      return showDecision();
  }
}

function counted(count: number, one: "error" | "warning", many: "errors" | "warnings"): string {
  return count ? `${count} ${say(count === 1 ? one : many)}` : "";
}

function showState(): void {
  const current = checked?.text === policy.text ? checked : undefined;
  const errors = current?.diagnostics.filter(({ severity }) => severity === "error").length ?? 0;
  const warnings = (current?.diagnostics.length ?? 0) - errors;
  state.className = `state ${unable || errors ? "bad" : current ? "good" : ""}`;
  if (unable) state.textContent = say("noStart");
  else if (!ready) state.textContent = say("loading");
  else if (!current) state.textContent = say("checking");
  else {
    const parts = [counted(errors, "error", "errors"), counted(warnings, "warning", "warnings")].filter(Boolean);
    if (!parts.length) parts.push(say("fine"));
    if (compiled?.text === policy.text) parts.push(`${say("compiled")} ${number(compiled.milliseconds)} ms`);
    state.textContent = parts.join(" · ");
  }
  decisionBox.classList.toggle("stale", errors > 0 && !!decided);
  if (errors > 0 && !decided) decisionBox.replaceChildren(make("p", { class: "quiet" }, say("none")));
  else if (errors > 0 && !decisionBox.querySelector(".old")) decisionBox.prepend(make("p", { class: "old" }, say("stale")));
  else if (!errors) decisionBox.querySelector(".old")?.remove();
}

function showProblems(diagnostics: readonly Diagnostic[]): void {
  const places = policy.problems(diagnostics, SOURCE);
  problemList.replaceChildren(
    ...diagnostics.map(({ severity, code, message, line, source, help }, i) => {
      const button = make("button", { type: "button" }, make("b", { class: severity }, `${say(severity)} ${code}`), ` ${message} `, make("span", { class: "quiet" }, source === SOURCE ? `${say("line")} ${line}` : source));
      button.addEventListener("click", () => policy.reveal(places[i]!.from, places[i]!.to));
      return make("li", {}, button, help ? make("span", { class: "quiet" }, help) : undefined);
    }),
  );
  const failed = diagnostics.some(({ severity }) => severity === "error");
  if (failed) policy.mark([]);
}

function showDecision(): void {
  if (!decided) return;
  const at = inUtf16(decided.text);
  const current = decided.text === policy.text;
  const clauses = decided.decided.rules.flatMap(({ held, verdict }) => held.map(({ start, end }): Mark => ({ from: at(start), to: at(end), class: `fired ${verdict}` })));
  policy.mark(current ? clauses : []);
  if (decided.content === content.text) {
    content.mark(decided.decided.findings.map(({ start, end, title, redact, also }): Mark => ({ from: start, to: end, class: `found${redact ? " redact" : ""}${also ? " also" : ""}`, title })));
  }
  complain(decided.decided.failure ?? "");
  decisionBox.replaceChildren(
    ...show(decided.decided, decided.content, {
      clause: (start, end) => policy.reveal(at(start), at(end)),
      finding: (from, to) => content.reveal(from, to),
    }),
  );
  showState();
}

function showSize(): void {
  if (!compiled) return;
  const { size, gzip } = compiled;
  const kilobytes = (bytes: number): string => `${number(bytes / 1024)} KB`;
  sizeLine.textContent = `${say("module")}: ${kilobytes(size.total)} (${number(gzip / 1024)} KB gzip) = ${say("code")} ${kilobytes(size.code)} + ${say("tables")} ${kilobytes(size.tables)} + ${say("descriptions")} ${kilobytes(size.descriptions)}`;
}

function toast(text: string): void {
  get("toast").textContent = text;
  clearTimeout(toasting);
  toasting = setTimeout(() => (get("toast").textContent = ""), 8000);
}
let toasting: ReturnType<typeof setTimeout> | undefined;

function open({ policy: rules, event: facts, content: text }: Shared): void {
  testBox.hidden = true;
  event.text = facts;
  content.text = text;
  policy.text = rules;
  tellEvent();
}

// The menu.

const menu = get<HTMLSelectElement>("open");

function fillMenu(): void {
  const option = (value: string, text: string): HTMLOptionElement => make("option", { value }, text);
  const { value } = menu;
  const title = (text: string): string => /^policy\s+\S+\s+"((?:[^"\\]|\\.)*)"/m.exec(text)?.[1] ?? "";
  menu.replaceChildren(
    option("", say("yours")),
    make("optgroup", { label: say("examples") }, ...EXAMPLES.map((example) => option(`example ${example.id}`, example.title[language()]))),
    make("optgroup", { label: say("packs") }, ...packs.map(([name, text]) => option(`pack ${name}`, `${title(text)} (${name.replace("packs.", "")})`))),
  );
  menu.value = value;
}

menu.addEventListener("change", () => {
  const [kind, id] = menu.value.split(" ");
  const example = kind === "example" ? EXAMPLES.find((example) => example.id === id) : undefined;
  const text = kind === "pack" ? packs.find(([name]) => name === id)?.[1] : undefined;
  if (example) open(shared(example, language()));
  if (text) open(pack(text, language()));
});

// The buttons.

get("format").addEventListener("click", async () => {
  const before = policy.text;
  const { text } = await client.ask<Formatted>({ kind: "format", text: before });
  // What was typed in the meantime counts more.
  if (text !== undefined && policy.text === before) policy.text = text;
  policy.view.focus();
});

get("tests").addEventListener("click", async () => {
  testBox.hidden = false;
  testBox.replaceChildren(make("p", { role: "status" }, say("testsRunning")));
  const { tests, passed, failed } = await client.ask<Tested>({ kind: "tests", text: policy.text });
  const summary = tests.length ? [`${passed} ${say("passed")}`, failed ? `${failed} ${say("failed")}` : ""].filter(Boolean).join(", ") : say(checked?.diagnostics.some(({ severity }) => severity === "error") ? "none" : "noTests");
  const each = tests.filter((test) => !test.passed || tests.length < 12);
  testBox.replaceChildren(
    make("p", { role: "status" }, summary),
    make("ul", {}, ...each.map(({ name, passed, complaints }) => make("li", { class: passed ? "pass" : "fail" }, name, ...complaints.map(({ expected, came, line }) => make("p", {}, `${say("line")} ${line}: ${expected}, ${say("but")}: ${came}`))))),
  );
});

get("share").addEventListener("click", async () => {
  const hash = await fragment({ policy: policy.text, event: event.text, content: content.text });
  history.replaceState(null, "", `#${hash}`);
  try {
    await navigator.clipboard.writeText(location.href);
    toast(say("shared"));
  } catch {
    toast(say("shareFailed"));
  }
});

// Language and colours.

const themeButton = get("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = (): boolean => (document.documentElement.dataset["theme"] ?? (dark.matches ? "dark" : "light")) === "dark";
const showTheme = (): void => void (themeButton.textContent = say(isDark() ? "light" : "dark"));

themeButton.addEventListener("click", () => {
  document.documentElement.dataset["theme"] = isDark() ? "light" : "dark";
  showTheme();
});
dark.addEventListener("change", showTheme);

function translate(to: Language): void {
  speak(to);
  const other = to === "de" ? "English" : "Deutsch";
  const button = get("language");
  button.textContent = other;
  button.lang = to === "de" ? "en" : "de";
  for (const editor of [policy, event, content]) editor.translate();
  fillMenu();
  showTheme();
  showSize();
  if (checked && checked.text === policy.text) showProblems(checked.diagnostics);
  showState();
  if (decided) {
    showDecision();
    tellEvent();
  }
}

get("language").addEventListener("click", () => translate(language() === "de" ? "en" : "de"));

// The beginning: what the link holds, or the first example.

async function fromLink(): Promise<boolean> {
  if (location.hash.length < 2) return false;
  const linked = await read(location.hash);
  if (!linked) {
    toast(say("badLink"));
    return false;
  }
  menu.value = "";
  open(linked);
  return true;
}

translate(navigator.language.startsWith("de") ? "de" : "en");
if (!(await fromLink())) {
  open(shared(EXAMPLES[0]!, language()));
  menu.value = `example ${EXAMPLES[0]!.id}`;
}
addEventListener("hashchange", () => void fromLink());
