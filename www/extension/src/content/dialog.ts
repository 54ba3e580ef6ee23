// What a person sees: a dialog where something is asked, a note where something is said. Both live
// in one closed shadow root, so the page can neither read nor press them.
//
// Invariant: only a person answers. Events must be trusted, a button must have been visible for a
// moment, and be on top where it was pressed. When the dialog is taken away the answer is `cancel`.

import { web } from "../shared/browser.js";
import { lessonOf } from "../shared/lessons.js";
import type { Answer, Choice, Mark, Question, Site, View } from "../shared/messages.js";
import { wordsIn } from "../shared/words.js";
import { STYLE } from "./style.js";

/** A press earlier than this was meant for something else, in milliseconds. */
const TOO_SOON = 250;
/** How long a note stays; not while somebody is on it. */
const NOTE_TIME = 12_000;
const [MOST_EXCERPTS, AROUND] = [3, 32];
/** Key presses inside the dialog are not for the page. */
const PRIVATE = ["keydown", "keypress", "keyup", "beforeinput", "input", "change", "compositionstart", "compositionupdate", "compositionend", "paste", "copy", "cut"];

export const make = <K extends keyof HTMLElementTagNameMap>(name: K, className = "", ...content: (Node | string)[]): HTMLElementTagNameMap[K] => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...content);
  return element;
};

/** Everything we show on a page. */
export class Stage {
  readonly #host = document.createElement("div");
  readonly root: ShadowRoot;
  readonly #notes = make("div");
  #note: HTMLElement | undefined;
  #close: ((answer: Answer) => void) | undefined;
  readonly #told = new Set<string>();
  readonly #kept = new MutationObserver(() => this.#keep());

  constructor(
    readonly site: () => Site,
    /** A lesson was read. */
    readonly onLearnt: (unit: string) => void,
  ) {
    this.root = this.#host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    try {
      this.root.adoptedStyleSheets = [sheet];
    } catch {
      // Firefox: a page's document takes no sheet of ours.
      this.root.append(make("style", "", STYLE));
    }
    this.#notes.ariaLive = "polite";
    this.root.append(this.#notes);
    const quiet = (event: Event): void => {
      if (event.target === this.#host) event.stopImmediatePropagation();
    };
    for (const name of PRIVATE) addEventListener(name, quiet, { capture: true });
  }

  /** Does an event come from what we show? */
  owns(event: Event): boolean {
    return event.target === this.#host;
  }

  /** In the page, while there is something to show. */
  attach(): void {
    if (!this.#host.isConnected) document.documentElement.append(this.#host);
    this.#kept.observe(document.documentElement, { childList: true });
  }

  #keep(): void {
    if (this.#host.isConnected) return;
    // The page took it away: nothing was allowed, and the next question is asked anew.
    this.#close?.({ choice: "cancel" });
    if (this.#note) this.attach();
  }

  /** Is somebody being asked? */
  get asking(): boolean {
    return !!this.#close;
  }

  /** Asks. `decides` says whether a reason may be kept (it holds nothing that must be protected). */
  ask(question: Question, decides: (reason: string) => Promise<boolean>): Promise<Answer> {
    if (this.#close) return Promise.resolve({ choice: "cancel" });
    const { view, way } = question;
    const { language, tool, contacts } = this.site();
    const words = wordsIn(language);
    const before = document.activeElement;
    return new Promise((resolve) => {
      const dialog = make("dialog", view.verdict);
      const shown = performance.now();
      const finish = (answer: Answer): void => {
        if (!this.#close) return;
        this.#close = undefined;
        dialog.remove();
        if (!this.#note) this.#kept.disconnect();
        if (before instanceof HTMLElement) before.focus({ preventScroll: true });
        resolve(answer);
      };
      this.#close = finish;
      const actions = make("div", "actions");
      const button = (label: string, act: () => void): HTMLButtonElement => {
        const made = make("button", actions.childElementCount ? "" : "primary", label);
        made.type = "button";
        made.addEventListener("click", (event) => {
          event.stopPropagation();
          const { clientX, clientY, detail } = event;
          // A press by key has no place on the screen.
          const covered = detail > 0 && document.elementFromPoint(clientX, clientY) !== this.#host;
          if (event.isTrusted && !covered && performance.now() - shown > TOO_SOON) act();
        });
        actions.append(made);
        return made;
      };
      const heading = make("h2", "", words.title[view.verdict]);
      heading.id = "title";
      dialog.setAttribute("aria-labelledby", "title");
      dialog.lang = language;
      const what = view.failed ? [make("p", "", this.#renewed() ? words.renewed : words.failed)] : this.#told_(view);
      dialog.append(heading, ...(way === "request" ? [make("p", "small", words.net)] : []), ...what);
      if (question.file) dialog.append(make("p", "small", question.file));
      const excerpt = excerpts(question.text, view.marks, words.more);
      if (excerpt) dialog.append(excerpt);
      for (const unit of view.lessons) {
        const lesson = lessonOf(unit, language);
        if (lesson) dialog.append(make("div", "lesson", make("strong", "", words.lesson), make("p", "", lesson)));
      }
      const end = (choice: Choice) => (): void => finish({ choice });
      if (view.redacted && way !== "file") button(words[way], end("redact"));
      if (view.verdict === "justify" && !view.failed) dialog.append(this.#reason(question, decides, finish, button));
      const [role] = view.roles;
      const contact = role && contacts[role];
      if (contact) {
        dialog.append(make("p", "small", words.approvalNote));
        button(words.approval(role), () => {
          const rule = view.told[0]?.rule ?? "";
          const mail = `mailto:${encodeURIComponent(contact)}?subject=${encodeURIComponent(words.mailSubject(rule))}&body=${encodeURIComponent(words.mailBody(location.hostname, rule, new Date().toISOString().slice(0, 10)))}`;
          open(mail, "_blank", "noopener");
          finish({ choice: "approval" });
        });
      }
      if (tool && way !== "file" && !view.failed) {
        button(words.tool(tool.name), () => {
          void navigator.clipboard.writeText(question.text);
          open(tool.url, "_blank", "noopener");
          finish({ choice: "tool" });
        });
      }
      button(words.cancel[way], end("cancel"));
      const cite = [...new Set(view.told.flatMap(({ cite }) => cite))];
      if (cite.length) dialog.append(make("details", "", make("summary", "", words.why), make("ul", "", ...cite.map((text) => make("li", "", text)))));
      dialog.append(actions);
      dialog.addEventListener("cancel", end("cancel"));
      dialog.addEventListener("close", end("cancel"));
      this.attach();
      this.root.append(dialog);
      dialog.showModal();
      (dialog.querySelector<HTMLElement>("input") ?? dialog.querySelector<HTMLElement>("button"))?.focus();
    });
  }

  /** Says something, once in this page where it has a key; gives whether it was said. */
  note(title: string, lines: readonly string[], key?: string, learn?: { readonly lesson: string; readonly done: () => void }): boolean {
    if (key) {
      if (this.#told.has(key)) return false;
      this.#told.add(key);
    }
    const { language } = this.site();
    this.#note?.remove();
    const note = (this.#note = make("section", "note", ...(title ? [make("h2", "", title)] : []), ...lines.filter(Boolean).map((line) => make("p", "", line))));
    note.lang = language;
    note.ariaLabel = wordsIn(language).guard;
    const close = make("button", "", wordsIn(language).close);
    close.type = "button";
    const remove = (): void => {
      note.remove();
      if (this.#note === note) this.#note = undefined;
    };
    close.addEventListener("click", remove);
    if (learn) {
      note.append(make("div", "lesson", make("strong", "", wordsIn(language).lesson), make("p", "", learn.lesson)));
      close.textContent = wordsIn(language).understood;
      close.addEventListener("click", (event) => event.isTrusted && learn.done());
    }
    note.append(close);
    let timer = setTimeout(remove, NOTE_TIME);
    const stay = (): void => clearTimeout(timer);
    const go = (): void => void (timer = setTimeout(remove, NOTE_TIME));
    for (const name of ["pointerenter", "focusin"]) note.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) note.addEventListener(name, go);
    this.attach();
    this.#notes.append(note);
    return true;
  }

  /** What a warning says, as a note; the same rules are not said twice in a page. */
  warn(view: View): void {
    const { language } = this.site();
    const rules = view.told.filter(({ text }) => text);
    const [unit] = view.lessons;
    const lesson = unit && lessonOf(unit, language);
    if (rules.length) this.note(wordsIn(language).title.warn, rules.slice(0, 2).flatMap(({ text, hint }) => [text, hint]), rules.map(({ rule }) => rule).join(), lesson ? { lesson, done: () => this.onLearnt(unit) } : undefined);
  }

  #renewed(): boolean {
    return !web.runtime?.id;
  }

  #told_(view: View): HTMLElement[] {
    return view.told.slice(0, 2).flatMap(({ text, hint }) => [make("p", "", text), ...(hint ? [make("p", "hint", hint)] : [])]);
  }

  #reason({ way }: Question, decides: (reason: string) => Promise<boolean>, finish: (answer: Answer) => void, button: (label: string, act: () => void) => HTMLButtonElement): HTMLElement {
    const words = wordsIn(this.site().language);
    const input = make("input");
    input.autocomplete = "off";
    input.maxLength = 200;
    const note = make("span", "small", words.reasonNote);
    const give = async (): Promise<void> => {
      const reason = input.value.trim();
      if (reason.length < 3) return input.focus();
      if (await decides(reason)) return finish({ choice: "reason", reason });
      note.textContent = words.reasonFound;
      note.role = "alert";
      input.focus();
    };
    const form = make("form", "", make("label", "", words.reason, input, note));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.isTrusted) void give();
    });
    button(words.withReason[way], () => void give());
    return form;
  }
}

/** The beginning of the next word, unless a word begins here. */
function wordFrom(text: string, from: number, until: number): number {
  if (from === 0 || /\s/.test(text[from - 1]!)) return from;
  const space = text.slice(from, until).search(/\s/);
  return space < 0 ? from : from + space + 1;
}

/** What was found, short, with a little around it. */
function excerpts(text: string, marks: readonly Mark[], more: (count: number) => string): HTMLElement | undefined {
  if (!marks.length) return undefined;
  const quote = make("blockquote");
  let reach = -1;
  let shown = 0;
  for (const { start, end } of marks) {
    if (shown === MOST_EXCERPTS) break;
    const from = wordFrom(text, Math.max(start - AROUND, reach, 0), start);
    if (reach >= 0) quote.append(from > reach ? " … " : "");
    else if (from > 0) quote.append("… ");
    const mark = make("mark", "", text.slice(start, Math.min(end, start + 80)) + (end - start > 80 ? "…" : ""));
    quote.append(text.slice(Math.max(from, reach), start), mark);
    reach = end;
    shown++;
    const next = marks[shown];
    if (!next || next.start > end + AROUND || shown === MOST_EXCERPTS) {
      const tail = Math.min(end + AROUND, next && shown < MOST_EXCERPTS ? next.start : text.length);
      quote.append(text.slice(end, tail));
      reach = tail;
    }
  }
  if (reach < text.length) quote.append(" …");
  if (marks.length > shown) quote.append(` ${more(marks.length - shown)}`);
  return quote;
}
