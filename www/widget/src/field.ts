// What a person writes into, seen as a text: a textarea, an input, or anything that is
// contenteditable. Edits go through the browser's own editing, so that undo works and frameworks
// notice.

import type { Edit } from "./session.js";

/** A text that can be read and edited. */
export interface Field {
  readonly element: HTMLElement;
  text(): string;
  /** Edits are in order and do not overlap. */
  edit(edits: readonly Edit[]): void;
  /** Puts the cursor around a place. */
  select(start: number, end: number): void;
  /** Text nodes with the place at which each begins; nothing where the text has none (a textarea). */
  nodes(): { readonly node: Text; readonly at: number }[];
}

type TextControl = HTMLTextAreaElement | HTMLInputElement;

const isControl = (element: Element): element is TextControl => element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement;

/** What can be written into, in an element or as that element itself. */
export function fieldIn(element: Element): Field | undefined {
  // A line for a subject or a name may stand before what the message is written into.
  const inside = (selector: string): HTMLElement | null => element.querySelector<HTMLElement>(selector);
  const inner = isControl(element) || (element as HTMLElement).isContentEditable ? element : (inside("textarea, [contenteditable]:not([contenteditable=false])") ?? inside("input:not([type]), input[type=text], input[type=search]"));
  if (!inner) return undefined;
  return isControl(inner) ? control(inner) : editable(inner as HTMLElement);
}

/** Types a text over what is selected, as a person would. */
function type(text: string): boolean {
  return document.execCommand(text ? "insertText" : "delete", false, text);
}

function control(element: TextControl): Field {
  return {
    element,
    text: () => element.value,
    edit(edits) {
      element.focus();
      // From the last on: places before it stay where they are.
      for (const { start, end, text } of [...edits].reverse()) {
        const right = element.value.slice(0, start) + text + element.value.slice(end);
        element.setSelectionRange(start, end);
        type(text);
        if (element.value === right) continue;
        element.value = right;
        element.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
      }
    },
    select(start, end) {
      element.focus();
      element.setSelectionRange(start, end);
    },
    nodes: () => [],
  };
}

const BREAKS = /^(BR|DIV|P|LI|UL|OL|H[1-6]|BLOCKQUOTE|PRE|TR|TABLE)$/;

function editable(element: HTMLElement): Field {
  /** The text as a person sees it: a line per block. */
  const read = (): { text: string; nodes: { node: Text; at: number }[] } => {
    const nodes: { node: Text; at: number }[] = [];
    let text = "";
    let broken = false;
    const walk = (parent: Node): void => {
      for (const child of parent.childNodes) {
        if (child instanceof Text) {
          if (broken && text && !text.endsWith("\n")) text += "\n";
          broken = false;
          nodes.push({ node: child, at: text.length });
          text += child.data;
        } else {
          // A block is parted from what stands before it and behind it.
          broken ||= BREAKS.test(child.nodeName);
          walk(child);
          broken ||= BREAKS.test(child.nodeName);
        }
      }
    };
    walk(element);
    return { text, nodes };
  };
  const range = (start: number, end: number): Range | undefined => {
    const { nodes } = read();
    const first = nodes.findLast(({ at }) => at <= start);
    const last = nodes.findLast(({ at }) => at < end) ?? first;
    if (!first || !last) return undefined;
    const found = document.createRange();
    found.setStart(first.node, Math.min(start - first.at, first.node.length));
    found.setEnd(last.node, Math.min(end - last.at, last.node.length));
    return found;
  };
  const select = (start: number, end: number): void => {
    const found = range(start, end);
    element.focus();
    if (found) getSelection()?.setBaseAndExtent(found.startContainer, found.startOffset, found.endContainer, found.endOffset);
  };
  return {
    element,
    text: () => read().text,
    edit(edits) {
      for (const { start, end, text } of [...edits].reverse()) {
        select(start, end);
        if (type(text)) continue;
        const found = range(start, end);
        found?.deleteContents();
        found?.insertNode(document.createTextNode(text));
        element.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
      }
    },
    select,
    nodes: () => read().nodes,
  };
}
