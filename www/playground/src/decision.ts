// Shows a decision. Texts of policies are plain text: they become text nodes, never markup.

import type { Decided } from "./protocol.js";
import { number, say } from "./words.js";

type Child = Node | string | undefined | false;

/** An element. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** What a click leads to. */
export interface Links {
  clause(start: number, end: number): void;
  finding(from: number, to: number): void;
}

const list = (items: readonly string[]): HTMLElement => make("ul", {}, ...items.map((item) => make("li", {}, item)));
const part = (title: string, ...children: Child[]): HTMLElement => make("section", {}, make("h3", {}, title), ...children);

/** A decision as elements. */
export function show(decided: Decided, content: string, links: Links): HTMLElement[] {
  const { verdict, headline, todo, later, rules, findings, contentRead, redacted, microseconds } = decided;
  // The first word of a headline is the verdict, and stands for itself.
  const [word = "", ...rest] = headline.split(": ");
  const top = make("div", { class: `verdict ${verdict}` }, make("p", { class: "word" }, word), make("p", {}, rest.join(": ")), make("p", { class: "time" }, `${number(microseconds, microseconds < 10 ? 1 : 0)} µs ${say("perDecision")}`));
  const shown: HTMLElement[] = [top];
  if (todo.length) shown.push(part(say("todo"), list(todo)));
  if (later.length) shown.push(part(say("later"), list(later)));
  if (rules.length) {
    shown.push(
      part(
        say("why"),
        ...rules.map((rule) =>
          make(
            "article",
            { class: "rule" },
            make("h4", {}, make("span", { class: `chip ${rule.verdict}` }, rule.verdict), make("code", {}, rule.id)),
            rule.text && make("p", {}, rule.text),
            rule.held.length > 0 &&
              make(
                "p",
                { class: "held" },
                `${say("because")} `,
                ...rule.held.flatMap(({ start, end, text }, i) => {
                  const button = make("button", { type: "button", class: "clause" }, text);
                  button.addEventListener("click", () => links.clause(start, end));
                  return i ? [" ", button] : [button];
                }),
              ),
            rule.cite.length > 0 && make("p", { class: "cite" }, `${say("basis")}: ${rule.cite.join("; ")}`),
          ),
        ),
      ),
    );
  }
  const found = findings.map(({ title, confidence, start, end, also }) => {
    const button = make("button", { type: "button", class: "finding" }, content.slice(start, end));
    button.addEventListener("click", () => links.finding(start, end));
    return make("li", also ? { class: "also" } : {}, make("span", {}, `${title}, ${say(confidence)}`), " ", button);
  });
  shown.push(part(say("findings"), found.length ? make("ul", { class: "findings" }, ...found) : make("p", { class: "quiet" }, say(contentRead ? "noFindings" : "unread"))));
  if (redacted !== undefined) shown.push(part(say("redacted"), make("pre", { class: "redacted", tabindex: "0", role: "region", "aria-label": say("redacted") }, redacted)));
  return shown;
}
