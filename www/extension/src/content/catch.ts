// Paste, drop and chosen files: the event is stopped first, then the background is asked, then what
// may go on is put where it was meant to go.
//
// Invariant: the page sees no event of these before a decision. We listen on the window in the
// capture phase, from before its first script on; only trusted events count, ours are not caught.

import { atLeast } from "@riegel/widget/parts";
import type { FileContent } from "../shared/messages.js";
import { wordsIn } from "../shared/words.js";
import type { Asker } from "./asking.js";
import type { Decider } from "./decider.js";
import type { Stage } from "./dialog.js";
import { clipboard, FIREFOX, insert, recordOf, remember, targetOf } from "./editor.js";
import { read } from "./files.js";
import { catchChosen, type Filing } from "./filing.js";
import { hear } from "./listening.js";
import type { Deliver } from "./net.js";

export function catchContent(decider: Decider, stage: Stage, ask: Asker, deliver: Deliver, file: Filing): void {
  const stop = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  /** Asks about a text and what its HTML says beyond it, and gives what may be inserted. */
  const settle = async (action: string, text: string, html = ""): Promise<string | undefined> => {
    const all = beyond(text, html);
    const view = await decider.decide(action, all, true);
    if (decider.passes(all, view)) {
      if (view.verdict === "warn") stage.warn(view);
      return text;
    }
    const { choice, reason } = await ask({ view, text: all, way: "insert" });
    if (choice === "reason" && reason) {
      decider.permit(all);
      decider.permit(text);
      return text;
    }
    if (choice !== "redact") return undefined;
    const redacted = await decider.redact(action, text);
    const words = wordsIn(decider.site.language);
    if (atLeast(redacted.view.verdict, "justify")) {
      stage.note(words.title[redacted.view.verdict], [words.stillHere]);
      return undefined;
    }
    stage.note("", [words.redacted(view.marks.filter(({ redact }) => redact).length)]);
    return redacted.text;
  };

  /** What files hold, where they may go. */
  const settleFiles = async (action: string, files: readonly File[]): Promise<readonly FileContent[] | undefined> => {
    const contents = await Promise.all(files.map(read));
    return (await file(action, contents)) ? contents : undefined;
  };

  /** What went wrong is said, and nothing goes on. */
  const carefully = (act: () => Promise<void>): void => void act().catch(() => stage.note("", [wordsIn(decider.site.language).failed]));

  hear("paste", (event) => {
    if (!event.isTrusted || stage.owns(event)) return;
    const data = event.clipboardData;
    if (!data) return;
    const [text, html, files] = [data.getData("text/plain"), data.getData("text/html"), [...data.files]];
    const shown = text || textOf(html) || data.getData("text/uri-list");
    // What we cannot read nobody can decide on; the browser might still insert it.
    stop(event);
    if (!shown && !files.length) return;
    const target = targetOf(event) ?? document.body;
    const back = remember();
    carefully(async () => {
      const copy = new DataTransfer();
      const contents = files.length ? await settleFiles("paste", files) : [];
      if (!contents) return;
      if (files.length) {
        for (const file of files) copy.items.add(file);
      }
      if (shown) {
        const may = await settle("paste", shown, html);
        if (may === undefined) return;
        copy.setData("text/plain", may === shown ? text || shown : may);
        // What was redacted goes in plain; what was not keeps its form.
        if (html && may === shown) copy.setData("text/html", html);
      }
      back();
      insert(target.isConnected ? target : document.body, copy, deliver, contents);
    });
  });

  // What is moved within a page stood there before, and is decided on when it is sent: let the browser
  // move it. While something is dragged no mouse moves and no key is pressed.
  let within = false;
  hear("dragstart", (event) => (within = event.isTrusted));
  for (const name of ["dragend", "mousemove", "pointermove", "pointerdown", "keydown", "paste"] as const) hear(name, (event) => event.isTrusted && (within = false), { capture: true, passive: true });

  hear("drop", (event) => {
    if (!event.isTrusted) return;
    // What is dropped on the dialog is for nobody.
    if (stage.owns(event)) return stop(event);
    if (within && !event.dataTransfer?.files.length) return;
    const data = event.dataTransfer;
    if (!data) return;
    const [text, html, address, files] = [data.getData("text/plain"), data.getData("text/html"), data.getData("text/uri-list"), [...data.files]];
    const shown = text || textOf(html) || address;
    if (!shown && !files.length) return;
    stop(event);
    const target = targetOf(event) ?? document.body;
    const { clientX, clientY, screenX, screenY } = event;
    carefully(async () => {
      const copy = new DataTransfer();
      const contents = files.length ? await settleFiles("drop", files) : [];
      if (!contents) return endDrag(target);
      if (files.length) {
        for (const file of files) copy.items.add(file);
      }
      let may: string | undefined;
      if (shown) {
        may = await settle("drop", shown, html);
        if (may === undefined) return endDrag(target);
        copy.setData("text/plain", may);
        if (html && may === shown) copy.setData("text/html", html);
        if (address && may === shown) copy.setData("text/uri-list", address);
      }
      if (FIREFOX) {
        if (deliver({ kind: "drop", data: recordOf(copy), files: contents, x: clientX, y: clientY })) return;
      } else {
        const again = new DragEvent("drop", { dataTransfer: copy, bubbles: true, cancelable: true, composed: true, clientX, clientY, screenX, screenY });
        if (!target.dispatchEvent(again) || again.defaultPrevented) return;
      }
      if (!may) return;
      (target as HTMLElement).focus?.();
      placeCursor(clientX, clientY);
      insert(target, clipboard(may), deliver);
    });
  });

  catchChosen(file, carefully);

  // Insertions that come without a paste or drop event.
  hear("beforeinput", (event) => {
    if (!event.isTrusted || !/^insertFrom(Paste|Drop|Yank|PasteAsQuotation)$/.test(event.inputType)) return;
    const text = event.dataTransfer?.getData("text/plain") || event.data || textOf(event.dataTransfer?.getData("text/html") ?? "");
    if (!text || decider.passes(text)) return;
    stop(event);
    const target = targetOf(event) ?? document.body;
    const back = remember();
    carefully(async () => {
      const may = await settle("paste", text);
      if (may === undefined) return;
      back();
      insert(target, clipboard(may), deliver);
    });
  });
}

/** The words in a piece of HTML, hidden ones too. */
function textOf(html: string): string {
  return html ? (new DOMParser().parseFromString(html, "text/html").body.textContent ?? "") : "";
}

/** A text, and what its HTML says that the text does not: hidden words, addresses of links. */
function beyond(text: string, html: string): string {
  if (!html) return text;
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  const links = [...parsed.querySelectorAll("[href], [src], [alt], [title]")].flatMap((element) => ["href", "src", "alt", "title"].map((name) => element.getAttribute(name) ?? ""));
  const bare = (words: string): string => words.replace(/\s+/g, "");
  const known = bare(text);
  const more = [parsed.textContent ?? "", ...links].filter((words) => words.trim() && !known.includes(bare(words)));
  return more.length ? `${text}\n${more.join("\n")}` : text;
}

/** Pages show a place to drop on until a drag ends. */
function endDrag(target: Element): void {
  target.dispatchEvent(new DragEvent("dragleave", { bubbles: true, composed: true }));
  target.dispatchEvent(new DragEvent("dragend", { bubbles: true, composed: true }));
}

function placeCursor(x: number, y: number): void {
  const position = document.caretPositionFromPoint?.(x, y);
  if (position && !(position.offsetNode instanceof HTMLTextAreaElement)) getSelection()?.setBaseAndExtent(position.offsetNode, position.offset, position.offsetNode, position.offset);
}
