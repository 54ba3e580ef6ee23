// `<riegel-guard for="#chat-input">`: stands beside a chat input and looks before anything is sent.
//
//   input --debounced--> check --> marks, panel          (never in the way)
//   submit, click, Enter --> check --> go on, or hold    (always in the way)
//
// Invariant: without a working policy nothing is sent. Until a module is loaded, after one was
// refused, and when the element is taken out of the page while its input stays, sending is held.
// Only `release()` ends that.
//
// Invariant: only a person presses its buttons. A script's click does nothing.

import { Guard, RiegelError, type Params, type Source } from "@riegel/guard";
import type { Vault } from "@riegel/guard/vault";
import type { Note } from "./answer.js";
import { guardChat } from "./chat.js";
import { fieldIn, type Field } from "./field.js";
import { Marks } from "./marks.js";
import { atLeast, Session, spans, type Check } from "./session.js";
import { STYLE } from "./style.js";
import { wordsIn, type Words } from "./words.js";

/** How a guard is started. */
export interface StartOptions {
  /** The module: bytes, a `Response` (or a promise of one), or a compiled `WebAssembly.Module`. Several: the strictest applies. */
  readonly source: Source | Promise<Source> | readonly (Source | Promise<Source>)[];
  /** Facts about every event. Default: the destination is the host of the attribute `host`, else this page's. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** Parameters of the policy. */
  readonly params?: Params;
  /** A vault that was kept; default: a new one. */
  readonly vault?: Vault;
}

/** How long a person pauses before a text is checked, in milliseconds. */
const PAUSE = 200;

/** What was stopped: how it is sent again, and whether it is more than the input (a whole conversation). */
type Held = { readonly resend?: () => void; readonly whole?: boolean };

let sheet: CSSStyleSheet | undefined;

const make = <K extends keyof HTMLElementTagNameMap>(name: K, className = "", ...content: (Node | string)[]): HTMLElementTagNameMap[K] => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...content);
  return element;
};

/**
 * Guards an input.
 *
 * Attributes: `for` (selector of a textarea, an input, something contenteditable, or a form or
 * element that holds one), `send` (selector of a button that sends without a form), `enter="send"`
 * (Enter sends), `module` (address of the policy's module; several are parted by blanks), `host`
 * (of the AI service), `disclosure="none"` (the page says itself that an AI answers).
 *
 * Events, none with content but the reason: `riegel-held` and `riegel-passed` (`detail.verdict`,
 * `detail.obligations`, which the page has to meet), `riegel-redacted` (`detail.count`),
 * `riegel-reason` (`detail.reason`), `riegel-approval` (`detail.roles`).
 */
export class RiegelGuard extends HTMLElement {
  static readonly observedAttributes = ["for"];
  /** The session, once a module was loaded or refused. */
  readonly ready: Promise<Session>;
  #resolve!: (session: Session) => void;
  #session: Session | undefined;
  #field: Field | undefined;
  #marks: Marks | undefined;
  #bound: AbortController | undefined;
  #watching: MutationObserver | undefined;
  #missed = "";
  #timer = 0;
  #action = "type";
  #held: Held | undefined;
  #check: Check | undefined;
  #asked = "";
  #said = "";
  #shown = "";
  #note: Note | undefined;
  readonly #mirror = make("div", "mirror");
  readonly #disclosure = make("p", "disclosure");
  readonly #panel = make("section", "panel");
  readonly #status = make("p", "disclosure");
  readonly #answer = make("section", "panel note");
  readonly #languages = new MutationObserver(() => this.#render());

  constructor() {
    super();
    this.ready = new Promise((resolve) => (this.#resolve = resolve));
    const root = this.attachShadow({ mode: "open" });
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#mirror.ariaHidden = "true";
    this.#mirror.hidden = this.#panel.hidden = this.#answer.hidden = true;
    const live = make("div", "", this.#panel, this.#status, this.#answer);
    live.ariaLive = "polite";
    root.append(this.#mirror, this.#disclosure, live);
  }

  /** Of the conversation; none before a module was loaded or refused. */
  get session(): Session | undefined {
    return this.#session;
  }

  /**
   * Loads the module and guards the input. Where the module is refused, the reason is in the console
   * (its code and no content), and the declared `on_error` applies: by default nothing is sent.
   */
  async start({ source, event = { destination: { host: this.getAttribute("host") ?? location.hostname } }, params, vault }: StartOptions): Promise<Session> {
    const sources = Array.isArray(source) ? (source as readonly (Source | Promise<Source>)[]) : [source as Source];
    const guards = await Promise.all(
      sources.map(async (source) => {
        try {
          const guard = await Guard.load(source);
          if (params) guard.configure(params);
          return guard;
        } catch (error) {
          if (!(error instanceof RiegelError)) throw error;
          console.error(`<riegel-guard>: ${error.message}`);
          return error.guard ?? (await Guard.load(new Uint8Array()).catch(({ guard }: RiegelError) => guard!));
        }
      }),
    );
    this.#session = new Session(guards, { event, ...(vault && { vault }) });
    this.#resolve(this.#session);
    this.#look();
    return this.#session;
  }

  /** Wraps `fetch` for this conversation: see `guardChat`. Notes about answers are shown here. */
  chat(fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)): typeof globalThis.fetch {
    return guardChat(fetch, this, {
      onHeld: (check) => this.#hold(check, { whole: true }),
      onNote: (note) => {
        this.#note = note;
        this.#render();
      },
    });
  }

  /** Lets the input go: nothing is checked any more. */
  release(): void {
    this.#watching?.disconnect();
    this.#watching = undefined;
    this.#unbind();
    this.#render();
  }

  #unbind(): void {
    this.#bound?.abort();
    this.#marks?.clear();
    this.#bound = this.#field = this.#marks = this.#check = this.#held = undefined;
  }

  /** @internal */
  connectedCallback(): void {
    this.#languages.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"], subtree: true });
    const addresses = this.getAttribute("module")?.trim();
    if (addresses && !this.#session) {
      // `fetch` is asked here and now; a module that cannot be had is refused like any other.
      void this.start({ source: addresses.split(/\s+/).map((address) => fetch(address)) });
    }
    if (!this.#field) this.#bind();
    this.#render();
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#languages.disconnect();
    // The input stays guarded: whoever means to end that calls `release`.
    if (!this.#field?.element.isConnected) this.release();
  }

  /** @internal */
  attributeChangedCallback(): void {
    if (this.isConnected) this.#bind();
  }

  #bind(): void {
    const selector = this.getAttribute("for") ?? "";
    let target: Element | null = null;
    try {
      target = document.querySelector(selector);
    } catch {
      // Said below: there is nothing to guard.
    }
    const field = target && fieldIn(target);
    if (!this.#watching) {
      // The page may still be made, or be made anew: frameworks put another input in the place of one.
      this.#watching = new MutationObserver(() => this.#field?.element.isConnected || this.#bind());
      this.#watching.observe(document, { childList: true, subtree: true });
    }
    if (!field) {
      // What was guarded before stays guarded.
      if (this.#missed === (this.#missed = `for="${selector}"`) || document.readyState !== "complete" || this.#lost()) return;
      return console.error(`<riegel-guard>: ${new RiegelError("E6001", this.#missed).message}`);
    }
    this.#unbind();
    this.#missed = "";
    this.#field = field;
    this.#marks = new Marks(field, this.#mirror);
    const { signal } = (this.#bound = new AbortController());
    const { element } = field;
    const [send, enter] = [this.getAttribute("send"), this.getAttribute("enter") === "send"];
    // The page's own listeners come later: on the window, in the capture phase, nobody is before us
    // but scripts that ran before.
    const early = { capture: true, signal };
    const inField = (event: Event): boolean => event.composedPath().includes(element);
    const form = (): HTMLFormElement | null => ("form" in element ? (element.form as HTMLFormElement | null) : element.closest("form"));
    addEventListener("submit", (event) => event.target === form() && this.#attempt(event, () => form()?.requestSubmit(event.submitter)), early);
    addEventListener("click", (event) => {
      const button = send && (event.composedPath()[0] as Element | undefined)?.closest?.<HTMLElement>(send);
      if (button) this.#attempt(event, () => button.click());
    }, early);
    addEventListener("keydown", (event) => enter && inField(event) && event.key === "Enter" && !event.shiftKey && !event.isComposing && this.#attempt(event), early);
    element.addEventListener("input", (event) => {
      const { inputType } = event as InputEvent;
      this.#action = inputType === "insertFromPaste" ? "paste" : inputType === "insertFromDrop" ? "drop" : "type";
      this.#held = undefined;
      this.#said = this.#asked = "";
      clearTimeout(this.#timer);
      if (!field.text()) this.#note = undefined;
      this.#timer = setTimeout(() => this.#look(), this.#action === "type" ? PAUSE : 0);
      // Marks of the text before would stand in the wrong places.
      this.#marks?.clear();
    }, { signal });
    element.addEventListener("scroll", () => this.#marks?.place(), { signal, passive: true });
    const size = new ResizeObserver(() => this.#marks?.place());
    size.observe(element);
    signal.addEventListener("abort", () => size.disconnect());
    addEventListener("resize", () => this.#marks?.place(), { signal, passive: true });
    this.#look();
  }

  /** Was there an input that the page took away? It may bring another one. */
  #lost(): boolean {
    return !!this.#field && !this.#field.element.isConnected;
  }

  /** While a person writes. */
  #look(): void {
    const text = this.#field?.text() ?? "";
    this.#check = this.#session && text.trim() ? this.#session.check(this.#action, text) : undefined;
    if (this.#check && this.#session!.passes(this.#check, text)) this.#held = undefined;
    this.#render();
  }

  /** When something is about to be sent. */
  #attempt(event: Event, resend?: () => void): void {
    if (this.#lost()) return;
    let check: Check | undefined;
    let passes = false;
    try {
      const text = this.#field!.text();
      if (!text.trim()) return;
      check = this.#session?.check("prompt", text);
      passes = !!check && this.#session!.passes(check, text);
    } catch {
      // The error may hold content. What could not be checked is held.
      console.error(`<riegel-guard>: ${new RiegelError("E4001").message}`);
    }
    if (check && passes) {
      clearTimeout(this.#timer);
      this.#check = this.#held = this.#note = undefined;
      this.#said = this.#asked = "";
      this.#render();
      this.#tell("riegel-passed", { verdict: check.verdict, obligations: check.obligations });
      // The page takes the text away now; what it puts there next is looked at anew.
      setTimeout(() => this.#look(), 0);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#hold(check, resend ? { resend } : {});
  }

  #hold(check: Check | undefined, held: Held): void {
    this.#check = check;
    this.#held = held;
    // Somebody took the guard away; it says here why nothing is sent.
    if (!this.isConnected) this.#field?.element.after(this);
    this.#shown = "";
    this.#render();
    this.#tell("riegel-held", { verdict: check?.verdict ?? "block", obligations: check?.obligations ?? [] });
    (this.#panel.querySelector<HTMLElement>("input") ?? this.#panel.querySelector<HTMLElement>("button"))?.focus();
  }

  /** Tells the page, which meets obligations such as `notify`. */
  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  #words(): [Words, string] {
    const lang = this.closest<HTMLElement>("[lang]")?.lang || document.documentElement.lang || navigator.language;
    return [wordsIn(lang), /^de\b/i.test(lang) ? "de" : "en"];
  }

  #render(): void {
    const [words, lang] = this.#words();
    const check = this.#check;
    this.#disclosure.textContent = words.disclosure;
    this.#disclosure.hidden = this.getAttribute("disclosure") === "none" || !this.#field;
    const asks = check && atLeast(check.verdict, "warn");
    const unready = (!check && !!this.#held) || (!!check?.failed && check.verdict === "block");
    this.#marks?.show(asks && !this.#held?.whole && atLeast(check.verdict, "justify") ? this.#places(check) : []);
    this.#field?.element.toggleAttribute("data-riegel-held", !!this.#held);
    this.#status.textContent = this.#said;
    this.#status.hidden = !this.#said;
    // What did not change is not said again.
    const messages = asks ? check.messages(lang).slice(0, 2) : [];
    const state = JSON.stringify([lang, check?.verdict, messages, !!this.#held, unready, this.#asked]);
    if (state !== this.#shown) {
      this.#shown = state;
      this.#panel.hidden = !asks && !unready;
      this.#panel.className = `panel ${unready ? "block" : (check?.verdict ?? "")}`;
      this.#panel.ariaLabel = words.label;
      const lines = unready ? [make("p", "", words.unready[1])] : messages.flatMap(({ text, hint }) => [make("p", "", text), ...(hint ? [make("p", "hint", hint)] : [])]);
      const title = unready ? words.unready[0] : words.title[check?.verdict ?? "allow"];
      this.#panel.replaceChildren(make("h2", "", title), ...lines, ...(this.#asked ? [make("p", "", this.#asked)] : []), ...(check ? this.#actions(check, words) : []));
    }
    const note = this.#note;
    this.#answer.hidden = !note;
    this.#answer.ariaLabel = words.check;
    if (note) {
      const said = note.messages(lang).filter(({ verdict }) => atLeast(verdict, "log"));
      const disclose = note.obligations.some(({ kind }) => kind === "disclose");
      this.#answer.replaceChildren(
        make("h2", "", note.stopped ? words.stopped : words.check),
        ...said.flatMap(({ text, hint }) => [make("p", "", text), ...(hint ? [make("p", "hint", hint)] : [])]),
        ...(disclose ? [make("p", "hint", words.written)] : []),
      );
    }
  }

  /** What is marked: what will be redacted; else all that is not doubtful. */
  #places(check: Check): { start: number; end: number }[] {
    if (check.redactable) return spans(check, 0);
    let reach = 0;
    return check.findings.filter(({ confidence, start, end }) => {
      if (confidence === "low" || start < reach) return false;
      reach = end;
      return true;
    });
  }

  /** The one right thing to do first; where something is held, the way back as well. */
  #actions(check: Check, words: Words): Node[] {
    const field = this.#field;
    const session = this.#session;
    if (!field || !session || this.#held?.whole || !atLeast(check.verdict, "justify")) return [];
    const text = field.text();
    const actions = make("div", "actions");
    const button = (label: string, act: () => void): void => {
      const made = make("button", actions.childElementCount ? "" : "primary", label);
      made.type = "button";
      made.addEventListener("click", (event) => event.isTrusted && act());
      actions.append(made);
    };
    const before: Node[] = [];
    const helps = session.redactionHelps(check, this.#held ? "prompt" : this.#action, text);
    if (helps) button(this.#held?.resend ? words.redactAndSend : words.redact, () => this.#redact(check));
    if (check.verdict === "justify" && !helps) {
      const reason = make("input");
      reason.autocomplete = "off";
      const give = (): void => {
        if (!reason.value.trim()) return reason.focus();
        this.#tell("riegel-reason", { reason: reason.value.trim() });
        session.permit(field.text());
        this.#goOn();
      };
      reason.addEventListener("keydown", (event) => event.isTrusted && event.key === "Enter" && !event.isComposing && give());
      before.push(make("label", "", words.reason, reason));
      button(words.sendWithReason, give);
    }
    if (check.verdict === "approve" && !this.#asked) {
      button(words.approve, () => {
        const roles = check.obligations.filter(({ kind }) => kind === "approve").map(({ argument }) => argument);
        this.#tell("riegel-approval", { roles });
        this.#asked = words.asked;
        this.#render();
        field.element.focus();
      });
    }
    const [first] = this.#places(check);
    if (!actions.childElementCount && first) button(words.show, () => field.select(first.start, first.end));
    if (this.#held) {
      button(words.back, () => {
        this.#held = undefined;
        this.#look();
        field.element.focus();
      });
    }
    return [...before, actions];
  }

  #redact(check: Check): void {
    const field = this.#field!;
    const session = this.#session!;
    const text = field.text();
    const held = this.#held;
    session.vault.avoid([text]);
    const edits = session.edits(check, text);
    field.edit(edits);
    clearTimeout(this.#timer);
    this.#said = this.#words()[0].redacted(edits.length);
    this.#tell("riegel-redacted", { count: edits.length });
    this.#held = held;
    if (held) this.#goOn();
    else {
      this.#look();
      field.element.focus();
    }
  }

  /** Sends what was held, where it may go now. */
  #goOn(): void {
    const resend = this.#held?.resend;
    const said = this.#said;
    this.#held = undefined;
    this.#look();
    this.#field!.element.focus();
    resend?.();
    this.#said = said;
    this.#render();
  }
}
