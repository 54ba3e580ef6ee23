// Asks the background, and remembers what it said about which text.
//
// Texts themselves are the keys of what was decided, not hashes of them: a hash can be made to
// collide, and the text is in the page anyway. The memory is small and lives in the isolated world.
//
// Invariant: no answer is never a yes. Whatever goes wrong ends in the policy's `on_error`.

import { atLeast } from "@riegel/widget/parts";
import type { Ask, FileContent, Redacted, Site, View } from "../shared/messages.js";
import { web } from "../shared/browser.js";
import { languageOf } from "../shared/words.js";

/** How long a person waits for a decision before `on_error` holds, in milliseconds. */
const PATIENCE = 1500;
/** Reading files takes longer; the page waits behind a note. */
const FILE_PATIENCE = 20_000;
const MOST_ENTRIES = 200;
const MOST_LENGTH = 4_000_000;

export class Decider {
  /** Decisions by text, the latest last. */
  readonly #seen = new Map<string, View>();
  /** Texts that a person gave a reason for. */
  readonly #permitted = new Set<string>();
  #length = 0;
  /** There are values now that placeholders stand for. */
  onHeld: () => void = () => undefined;
  site: Site = { language: languageOf(navigator.language), onError: "block", contacts: {}, held: [] };

  /** The extension was renewed under this page: only reloading helps. */
  get renewed(): boolean {
    try {
      return !web.runtime?.id;
    } catch {
      return true;
    }
  }

  /** Gets the settings; wakes the background. */
  async begin(): Promise<void> {
    const site = (await this.#send({ ask: "site" }, FILE_PATIENCE)) as Site | undefined;
    if (!site) return;
    this.site = site;
    if (site.held.length) this.onHeld();
  }

  /** What was decided about a text, if it was. */
  known(text: string): View | undefined {
    return this.#seen.get(text);
  }

  /** May this text go on, as far as is known? */
  passes(text: string, view = this.#seen.get(text)): boolean {
    return !!view && (!atLeast(view.verdict, "justify") || this.#permitted.has(text.trim()));
  }

  /** Is this a text that may go on, or does it hold nothing but such texts? Gives what is left. */
  rest(text: string): string {
    const found = [...this.#permitted].filter((known) => text.includes(known)).sort((a, b) => b.length - a.length);
    return found.reduce((left, known) => left.replaceAll(known, " "), text);
  }

  /** A reason was given for this text. */
  permit(text: string): void {
    if (text.trim()) this.#permitted.add(text.trim());
  }

  /** `record` for what a person did; not for what stands there while they type. */
  async decide(action: string, text: string, record = false): Promise<View> {
    const known = this.#seen.get(text);
    if (known && !record) return known;
    const view = ((await this.#send({ ask: "decide", action, text, record }, PATIENCE)) as View | undefined) ?? this.#failed();
    this.#keep(text, view);
    return view;
  }

  /** Counts something that went on. */
  count(action: string, text: string): void {
    this.tell({ ask: "decide", action, text, record: true });
  }

  /** Decides about a piece of an answer; nothing where that is not possible. */
  async answer(text: string): Promise<View | undefined> {
    return (await this.#send({ ask: "decide", action: "response", text, record: false }, PATIENCE)) as View | undefined;
  }

  async redact(action: string, text: string): Promise<Redacted> {
    const redacted = (await this.#send({ ask: "redact", action, text }, PATIENCE)) as Redacted | undefined;
    if (!redacted) return { text, view: this.#failed(), held: this.site.held };
    this.#keep(redacted.text, redacted.view);
    this.site = { ...this.site, held: redacted.held };
    this.onHeld();
    return redacted;
  }

  async files(action: string, files: readonly FileContent[]): Promise<View> {
    return ((await this.#send({ ask: "files", action, files }, FILE_PATIENCE)) as View | undefined) ?? this.#failed();
  }

  /** Says something that needs no answer. */
  tell(message: Ask): void {
    void this.#send(message, PATIENCE);
  }

  async #send(message: Ask, patience: number): Promise<unknown> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, patience)));
    try {
      return await Promise.race([web.runtime.sendMessage(message), late]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #failed(): View {
    return { verdict: this.site.onError, failed: true, told: [], rules: [], marks: [], roles: [], lessons: [], disclose: false, entry: -1 };
  }

  #keep(text: string, view: View): void {
    if (view.failed) return;
    if (this.#seen.delete(text)) this.#length -= text.length;
    this.#seen.set(text, view);
    this.#length += text.length;
    for (const [old] of this.#seen) {
      // The latest stays, however long it is: the next press asks for it.
      if (old === text || (this.#seen.size <= MOST_ENTRIES && this.#length <= MOST_LENGTH)) break;
      this.#seen.delete(old);
      this.#length -= old.length;
    }
  }
}
