// What a person sees: a dialog where something is asked, a note where something is said. Both live
// in one closed shadow root, so the page can neither read nor press them.
//
// Invariant: only a person answers. Events must be trusted, hands must have rested for a moment, and
// the dialog must be on top and be seen. When it is taken away or moved the answer is `cancel`.

import { web } from "../shared/browser.js";
import { lessonOf } from "../shared/lessons.js";
import type { Answer, Choice, Mark, Question, Site, View } from "../shared/messages.js";
import { wordsIn } from "../shared/words.js";
import { hear } from "./listening.js";
import { STYLE } from "./style.js";

/**
 * Hands rest this long before they answer, in milliseconds: who writes on, or presses twice, means
 * something else.
 */
const REST = 500;
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

/** Does something else lie over an element, even something that presses go through? Chromium can say; `undefined` elsewhere. */
function watchSeen(element: Element, say: (seen: boolean) => void): IntersectionObserver | undefined {
  if (self !== top || !("isVisible" in IntersectionObserverEntry.prototype)) return undefined;
  const observer = new IntersectionObserver((entries) => say((entries.at(-1) as IntersectionObserverEntry & { isVisible?: boolean } | undefined)?.isVisible !== false), { trackVisibility: true, delay: 100 } as IntersectionObserverInit);
  observer.observe(element);
  return observer;
}

/** Everything we show on a page. */
export class Stage {
  readonly #host = document.createElement("div");
  readonly root: ShadowRoot;
  readonly #notes = make("div");
  #note: HTMLElement | undefined;
  #close: ((answer: Answer) => void) | undefined;
  #dialog: HTMLDialogElement | undefined;
  /** When hands were last busy with something else. */
  #busy = 0;
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
      if (event.target !== this.#host) return;
      event.stopImmediatePropagation();
      if (this.#close) this.#wait(event);
    };
    for (const name of PRIVATE) hear(name, quiet);
  }

  /** Keys that were meant for the page, or are held down, do nothing here; leaving is always possible. */
  #wait(event: Event): void {
    const key = event instanceof KeyboardEvent && event.type === "keydown" ? event : undefined;
    if (key && /^(Escape|Tab|Shift|Control|Alt|AltGraph|Meta)$/.test(key.key)) return;
    const held = key?.repeat && /^(Enter| )$/.test(key.key);
    if (!held && this.rested) return;
    if (key || event.type === "beforeinput") event.preventDefault();
    if (key) this.#busy = performance.now();
  }

  /** Have hands rested since the dialog came? */
  get rested(): boolean {
    return performance.now() - this.#busy > REST;
  }

  /** Does an event come from what we show? */
  owns(event: Event): boolean {
    return event.target === this.#host;
  }

  /** In the page, while there is something to show. */
  attach(): void {
    if (!this.#stands()) document.documentElement.append(this.#host);
    for (const place of [document, document.documentElement]) this.#kept.observe(place, { childList: true });
  }

  /** Elsewhere a page could make it small, transparent, or put it under a pointer. */
  #stands(): boolean {
    return this.#host.isConnected && this.#host.parentNode === document.documentElement;
  }

  #keep(): void {
    if (this.#stands() && (!this.#dialog || this.#dialog.matches(":modal"))) return;
    // The page took it away or moved it: nothing was allowed, and the next question is asked anew.
    this.#close?.({ choice: "cancel" });
    if (this.#note) this.attach();
    else this.#host.remove();
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
      const dialog = (this.#dialog = make("dialog", view.verdict));
      this.#busy = performance.now();
      let seen = true;
      const watch = watchSeen(dialog, (now) => {
        // What was seen only now may have been pressed for something else.
        if (now && !seen) this.#busy = performance.now();
        seen = now;
      });
      // A press begins and ends here, and begins after hands rested.
      let down = false;
      dialog.addEventListener("pointerdown", (event) => (down = event.isTrusted && this.rested));
      const may = (): boolean => seen && this.rested && this.#stands() && dialog.matches(":modal");
      const finish = (answer: Answer): void => {
        if (!this.#close) return;
        this.#close = this.#dialog = undefined;
        watch?.disconnect();
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
          const covered = detail > 0 && (!down || document.elementFromPoint(clientX, clientY) !== this.#host);
          if (event.isTrusted && !covered && may()) act();
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
      if (view.verdict === "justify" && !view.failed) dialog.append(this.#reason(question, decides, may, finish, button));
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

  #reason({ way }: Question, decides: (reason: string) => Promise<boolean>, may: () => boolean, finish: (answer: Answer) => void, button: (label: string, act: () => void) => HTMLButtonElement): HTMLElement {
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
      if (event.isTrusted && may()) void give();
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
