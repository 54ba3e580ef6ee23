// Paste, drop and chosen files: the event is stopped first, then the background is asked, then what
// may go on is put where it was meant to go.
//
// Invariant: the page sees no event of these before a decision. We listen on the window in the
// capture phase, from before its first script on; only trusted events count, ours are not caught.

import { atLeast } from "@riegel/widget/parts";
import type { FileContent, View } from "../shared/messages.js";
import { wordsIn } from "../shared/words.js";
import type { Asker } from "./asking.js";
import type { Decider } from "./decider.js";
import type { Stage } from "./dialog.js";
import { clipboard, FIREFOX, insert, recordOf, remember, targetOf } from "./editor.js";
import { read } from "./files.js";
import type { Deliver } from "./net.js";

const early = { capture: true };

export function catchContent(decider: Decider, stage: Stage, ask: Asker, deliver: Deliver): void {
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

  /** Asks about files; gives what they hold where they may go. */
  const settleFiles = async (action: string, files: readonly File[]): Promise<readonly FileContent[] | undefined> => {
    const contents = await Promise.all(files.map(read));
    const view: View = await decider.files(action, contents);
    const pass = !atLeast(view.verdict, "justify");
    if (pass) {
      if (view.verdict === "warn") stage.warn(view);
    } else if ((await ask({ view, text: "", way: "file", file: files.map(({ name }) => name).join(", ") })).choice !== "reason") return undefined;
    return contents;
  };

  /** What went wrong is said, and nothing goes on. */
  const carefully = (act: () => Promise<void>): void => void act().catch(() => stage.note("", [wordsIn(decider.site.language).failed]));

  addEventListener("paste", (event) => {
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
  }, early);

  addEventListener("drop", (event) => {
    if (!event.isTrusted || stage.owns(event)) return;
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
  }, early);

  // A file that was chosen: the field is emptied until somebody decided.
  for (const name of ["input", "change"]) {
    addEventListener(name, (event) => {
      const field = targetOf(event);
      if (!event.isTrusted || !(field instanceof HTMLInputElement) || field.type !== "file") return;
      event.stopImmediatePropagation();
      const files = [...(field.files ?? [])];
      if (name === "input" || !files.length) return;
      field.value = "";
      carefully(async () => {
        if (!(await settleFiles("upload", files))) return;
        const copy = new DataTransfer();
        for (const file of files) copy.items.add(file);
        field.files = copy.files;
        for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true, composed: name === "input" }));
      });
    }, early);
  }

  // Insertions that come without a paste or drop event.
  addEventListener("beforeinput", (event) => {
    if (!event.isTrusted || !/^insertFrom(Paste|Drop|Yank|PasteAsQuotation)$/.test(event.inputType)) return;
    const text = event.dataTransfer?.getData("text/plain") || event.data || textOf(event.dataTransfer?.getData("text/html") ?? "");
    if (!text || decider.passes(text)) return;
    stop(event);
    const target = targetOf(event) ?? document.body;
    const back = remember();
    void settle("paste", text).then((may) => {
      if (may === undefined) return;
      back();
      insert(target, clipboard(may), deliver);
    });
  }, early);
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
