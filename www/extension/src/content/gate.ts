// Typing, and sending. What is typed is decided on while it is typed, so that at the send the answer
// is there already: a key press cannot be replayed. Where it is not, the send is stopped, and goes
// on with the person's next press, the same button, or the form itself.

import { atLeast } from "@riegel/widget/parts";
import type { View } from "../shared/messages.js";
import { wordsIn } from "../shared/words.js";
import type { Asker } from "./asking.js";
import type { Decider } from "./decider.js";
import type { Deliver } from "./net.js";
import type { Stage } from "./dialog.js";
import { hear } from "./listening.js";
import { stringsIn } from "./bodies.js";
import { clipboard, editorOf, focused, insert, selectAll, targetOf, textIn } from "./editor.js";

/** Names of buttons that send, in the languages of AI sites. */
const SENDS = /send|submit|senden|absenden|abschicken|fragen|\bask\b|los|generate|generieren|envoyer|invia|enviar|arrow-?up|paper-?plane|translate|übersetz|prompt/i;
/** Buttons around an editor that mean something else. */
const OTHERS = /attach|upload|anhang|anhäng|datei|file|model|mikro|micro|voice|sprach|dictat|diktier|settings|einstell|copy|kopier|menu|menü|close|schließ|cancel|abbrech|back|zurück|stop|clear|löschen|new chat|neuer chat|history|verlauf|search|suche|tool/i;
/** Typing of a long text is not sent whole with each key, in characters and milliseconds. */
const [LONG, PAUSE] = [20_000, 250];
/** How long a rich editor takes to notice a selection, in milliseconds. */
const SETTLE = 130;

export function guardSending(decider: Decider, stage: Stage, ask: Asker, deliver: Deliver): void {
  let editor: HTMLElement | undefined;
  let busy = false;
  let again = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Decides on what stands there now; one question at a time, about the latest. */
  const look = (): void => {
    if (busy) {
      again = true;
      return;
    }
    const text = editor?.isConnected ? decider.rest(textIn(editor)) : "";
    if (!text.trim() || decider.known(text)) return;
    busy = true;
    void decider.decide("prompt", text).finally(() => {
      busy = false;
      if (again) {
        again = false;
        look();
      }
    });
  };

  hear("input", (event) => {
    const found = editorOf(targetOf(event));
    if (!found || stage.owns(event)) return;
    editor = found;
    clearTimeout(timer);
    // The page may still change what was typed: rich editors do.
    timer = setTimeout(look, textIn(found).length > LONG ? PAUSE : 0);
  });

  hear("keydown", (event) => {
    if (!event.isTrusted || stage.owns(event) || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    const found = editorOf(focused());
    if (found) hold(event, found);
  });

  hear("click", (event) => {
    if (!event.isTrusted || stage.owns(event)) return;
    const button = targetOf(event)?.closest<HTMLElement>("button, [role=button], input[type=submit], input[type=image], input[type=button], a[href='#'], a:not([href])");
    const found = button && written(button, editor);
    if (found) hold(event, found, () => button.click());
  });

  let own: Set<string> | undefined;
  for (const name of ["pointerdown", "keydown"] as const) hear(name, (event) => void (event.isTrusted && (own ??= new Set(hiddenIn(document)))), { capture: true, passive: true });

  hear("submit", (event) => {
    if (!event.isTrusted || !(event.target instanceof HTMLFormElement)) return;
    const form = event.target;
    const { submitter } = event;
    for (const field of form.querySelectorAll<HTMLElement>("textarea, input, [contenteditable]")) {
      if (isHidden(field)) continue;
      const found = editorOf(field);
      if (found && hold(event, found, () => form.requestSubmit(submitter))) return;
    }
    // What a page put into hidden fields since somebody came: editors send by them. Tokens of the site
    // are one word; what a person writes is more.
    const hidden = hiddenIn(form).filter((value) => !own?.has(value)).flatMap((value) => stringsIn(value)).filter((value) => /\S\s+\S/.test(value));
    if (hidden.length) hold(event, form, () => form.requestSubmit(submitter), decider.rest(hidden.join("\n")));
  });

  /** Lets an event go on, or holds it and asks; says whether it was held. */
  function hold(event: Event, field: HTMLElement, resend?: () => void, hidden?: string): boolean {
    const text = hidden ?? decider.rest(textIn(field));
    if (!text.trim()) return false;
    const view = decider.known(text);
    if (view && decider.passes(text, view)) {
      if (view.verdict === "warn") stage.warn(view);
      if (view.verdict !== "allow") decider.count("prompt", text);
      return false;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!stage.asking) void settle(field, text, view, resend, hidden === undefined);
    return true;
  }

  async function settle(field: HTMLElement, text: string, known: View | undefined, resend: (() => void) | undefined, changes: boolean): Promise<void> {
    const words = wordsIn(decider.site.language);
    const found = known ?? (await decider.decide("prompt", text));
    const { redacted: _, ...rest } = found;
    // Nobody writes over a hidden field.
    const view: View = changes ? found : rest;
    const goOn = (): void => {
      if (resend) resend();
      else if ("form" in field && field.form instanceof HTMLFormElement && field instanceof HTMLInputElement) field.form.requestSubmit();
      else stage.note("", [words.again]);
    };
    if (decider.passes(text, view)) return goOn();
    const { choice, reason } = await ask({ view, text, way: "send" });
    if (choice === "reason" && reason) {
      decider.permit(text);
      return goOn();
    }
    if (choice !== "redact" || !field.isConnected) return;
    const redacted = await decider.redact("prompt", text);
    selectAll(field);
    // Rich editors learn of a selection a moment later.
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    insert(field, clipboard(redacted.text), deliver);
    stage.note("", [atLeast(redacted.view.verdict, "justify") ? words.stillHere : words.redacted(view.marks.filter(({ redact }) => redact).length)]);
    // The editor may write it in its own way.
    setTimeout(() => void decider.decide("prompt", decider.rest(textIn(field))), 50);
  }
}

/** Nobody sees a field without a box: it is the page's own. */
const isHidden = (field: Element): boolean => field.getClientRects().length === 0;

/** Values of hidden fields. */
const hiddenIn = (place: ParentNode): string[] => [...place.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")].filter(({ type }) => !/^(password|file|checkbox|radio)$/.test(type)).filter(isHidden).map(({ value }) => value);

/** The editor that a button sends, if it looks like one that does. */
function written(button: HTMLElement, last: HTMLElement | undefined): HTMLElement | undefined {
  const form = (button as HTMLButtonElement).form ?? button.closest("form");
  const inForm = form?.querySelector<HTMLElement>("textarea, [contenteditable], input[type=text], input:not([type]), input[type=search]") ?? undefined;
  // Editors are thrown away and made anew: then the one that has the focus, or the nearest with a text.
  const editor = last?.isConnected ? last : (editorOf(inForm ?? null) ?? editorOf(focused()) ?? nearest(button));
  if (!editor) return undefined;
  const says = ["aria-label", "title", "data-testid", "id", "name", "class", "value"].map((name) => button.getAttribute(name) ?? "").join(" ");
  const text = (button.textContent ?? "").trim().slice(0, 40);
  const submits = !!form && ((button as HTMLButtonElement).type === "submit" || button.getAttribute("type") === "submit");
  if (OTHERS.test(`${button.getAttribute("aria-label") ?? ""} ${text}`) && !SENDS.test(says + text)) return undefined;
  return submits || SENDS.test(`${says} ${text}`) || (!text && near(button, editor)) ? editor : undefined;
}

/** The nearest editor with something in it. */
function nearest(button: Element): HTMLElement | undefined {
  const all = [...document.querySelectorAll<HTMLElement>("textarea, [contenteditable], input[type=text], input:not([type])")].filter((element) => textIn(element).trim());
  return editorOf(all.sort((a, b) => gap(button, a) - gap(button, b))[0] ?? null);
}

/** A button without words within a hand's breadth of the editor. */
const near = (button: Element, editor: Element): boolean => gap(button, editor) < 90;

function gap(button: Element, editor: Element): number {
  const [a, b] = [button.getBoundingClientRect(), editor.getBoundingClientRect()];
  return Math.hypot(Math.max(b.left - a.right, a.left - b.right, 0), Math.max(b.top - a.bottom, a.top - b.bottom, 0));
}
