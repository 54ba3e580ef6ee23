// What a person writes into, found when something happens in it: editors are re-rendered, moved and
// hidden behind shadow roots, so nothing is bound to an element.

import { fieldIn } from "@riegel/widget/parts";
import { web } from "../shared/browser.js";
import type { FileContent } from "../shared/messages.js";
import type { Deliver } from "./net.js";

/** The shadow root of an element, closed ones too: only extensions can look into those. */
export function shadowOf(element: Element): ShadowRoot | null {
  if (element.shadowRoot) return element.shadowRoot;
  const firefox = (element as Element & { openOrClosedShadowRoot?: ShadowRoot | null }).openOrClosedShadowRoot;
  if (firefox) return firefox;
  try {
    return element.localName.includes("-") || /^(div|span|section|article|main|aside|header|footer|nav|p|body|h[1-6]|blockquote)$/.test(element.localName) ? (web.dom?.openOrClosedShadowRoot(element as HTMLElement) ?? null) : null;
  } catch {
    return null;
  }
}

/** What has the focus, at the bottom of all shadow roots. */
export function focused(): Element | null {
  let element: Element | null = document.activeElement;
  for (let root = element && shadowOf(element); root?.activeElement; root = element && shadowOf(element)) element = root.activeElement;
  return element;
}

/** Where an event happened, at the bottom of all shadow roots. */
export function targetOf(event: Event): Element | null {
  const [first] = event.composedPath();
  let element = first instanceof Element ? first : first instanceof Node ? first.parentElement : null;
  for (let root = element && shadowOf(element); root?.activeElement; root = element && shadowOf(element)) element = root.activeElement;
  return element;
}

/** Fields that nobody writes into. */
const NO_TEXT = /^(button|checkbox|color|file|hidden|image|radio|range|reset|submit)$/;
const TYPES = /^(|text|search|url|email|tel)$/;

/** Can a person write here? Passwords are none of our business. */
export function isEditable(element: Element | null): element is HTMLElement {
  if (element instanceof HTMLTextAreaElement) return !element.readOnly;
  if (element instanceof HTMLInputElement) return TYPES.test(element.getAttribute("type")?.toLowerCase() ?? "") && !element.readOnly;
  return element instanceof HTMLElement && element.isContentEditable;
}

/** The whole editor around an element: a rich editor's outermost editable element. */
export function editorOf(element: Element | null): HTMLElement | undefined {
  if (!isEditable(element)) return undefined;
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement) return element;
  let outer: HTMLElement = element;
  while (outer.parentElement?.isContentEditable) outer = outer.parentElement;
  return outer;
}

/** The text in an editor, a line per block. */
export function textIn(editor: HTMLElement): string {
  if (editor instanceof HTMLTextAreaElement || editor instanceof HTMLInputElement) {
    // Editors such as CodeMirror 5 type into a hidden field and show the text beside it.
    if (editor.offsetHeight > 4 && editor.offsetWidth > 4) return editor.value;
    return `${editor.closest<HTMLElement>(".CodeMirror, .monaco-editor, .ace_editor")?.innerText ?? ""}\n${editor.value}`.trim();
  }
  return fieldIn(editor)?.text() ?? "";
}

/** Selects all of an editor. */
export function selectAll(editor: HTMLElement): void {
  editor.focus();
  if (editor instanceof HTMLTextAreaElement || editor instanceof HTMLInputElement) editor.select();
  else {
    const range = document.createRange();
    range.selectNodeContents(editor);
    const selection = getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
  }
}

/** Where the cursor was, to be put there again. */
export function remember(): () => void {
  const element = focused();
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement) {
    const { selectionStart, selectionEnd } = element;
    return () => {
      element.focus({ preventScroll: true });
      if (selectionStart !== null && TYPES.test(element.getAttribute("type") ?? "") && element.type !== "email") element.setSelectionRange(selectionStart, selectionEnd);
    };
  }
  const root = element?.getRootNode();
  const selection = (root instanceof ShadowRoot && (root as ShadowRoot & { getSelection?(): Selection | null }).getSelection?.()) || getSelection();
  const range = selection?.rangeCount ? selection.getRangeAt(0).cloneRange() : undefined;
  return () => {
    if (element instanceof HTMLElement && element !== document.body) element.focus({ preventScroll: true });
    const now = getSelection();
    if (!range?.startContainer.isConnected || !now) return;
    now.removeAllRanges();
    now.addRange(range);
  };
}

/** Longer texts go into plain fields at once: typing them through the browser's editing takes seconds. */
const LONG = 50_000;

/** In Firefox events with data are made in the page's own world (page/net.ts). */
export const FIREFOX = "wrappedJSObject" in window;

/**
 * Puts a text where the cursor is, as if it had been pasted: the page gets a paste event of our own
 * making; where it does nothing with it, the browser types the text, so that undo works.
 */
export function insert(target: EventTarget, data: DataTransfer, deliver: Deliver, files: readonly FileContent[] = []): void {
  if (FIREFOX) {
    if (deliver({ kind: "paste", data: recordOf(data), files, x: 0, y: 0 })) return;
  } else {
    const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true });
    if (!target.dispatchEvent(paste) || paste.defaultPrevented) return;
  }
  write(data.getData("text/plain"));
}

/** Lets the browser type a text where the cursor is. */
export function write(text: string): void {
  const element = focused();
  // Passwords and numbers are pasted too; only what they are typed as is none of our business.
  if (!text || !(isEditable(element) || (element instanceof HTMLInputElement && !element.readOnly && !NO_TEXT.test(element.type)))) return;
  if ((element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement) && (text.length > LONG || !type(text, element))) {
    // Fields such as those for numbers have no places in them, and take nothing but numbers.
    if (element.selectionStart === null) return;
    element.setRangeText(text, element.selectionStart ?? element.value.length, element.selectionEnd ?? element.value.length, "end");
    element.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType: "insertFromPaste" }));
  } else if (element.isContentEditable) type(text);
}

/** What a transfer holds, by kind. */
export const recordOf = (data: DataTransfer): Record<string, string> => Object.fromEntries(["text/plain", "text/html", "text/uri-list"].flatMap((kind) => (data.getData(kind) ? [[kind, data.getData(kind)]] : [])));

function type(text: string, field?: HTMLTextAreaElement | HTMLInputElement): boolean {
  const before = field?.value;
  return document.execCommand("insertText", false, text) && field?.value !== before;
}

/** Text as a clipboard has it. */
export function clipboard(text: string): DataTransfer {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  return data;
}
