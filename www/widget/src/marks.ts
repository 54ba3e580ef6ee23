// Marks under what was found, while a person writes. A textarea cannot hold marks, so a copy of its
// text lies over it, invisible but for them. Editable elements get ranges of the page's highlight
// registry, which changes nothing in the element.
//
// Nothing here is an attribute `style`, so that a security policy without `unsafe-inline` is enough.

import type { Field } from "./field.js";

/** A place, and how it is marked. */
export interface Mark {
  readonly start: number;
  readonly end: number;
}

const COPIED = ["fontFamily", "fontSize", "fontStyle", "fontWeight", "fontStretch", "letterSpacing", "wordSpacing", "lineHeight", "textAlign", "textIndent", "textTransform", "tabSize", "direction", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft"] as const;
const NAME = "riegel";
/** What all guards of the page mark: its registry has one place for the name. */
const marked = new Map<Marks, readonly Range[]>();

/** Shows marks; without any, takes them away. */
export class Marks {
  readonly #field: Field;
  readonly #mirror: HTMLElement;
  readonly #inner = document.createElement("div");
  readonly #sheet = new CSSStyleSheet();

  constructor(field: Field, mirror: HTMLElement) {
    this.#field = field;
    this.#mirror = mirror;
    mirror.append(this.#inner);
    this.#sheet.replaceSync(`::highlight(${NAME}) { text-decoration: underline 2px var(--riegel-mark, #b3541e); background-color: var(--riegel-mark-surface, rgb(240 160 60 / 28%)) }`);
  }

  show(marks: readonly Mark[]): void {
    const text = this.#field.text();
    const nodes = this.#field.nodes();
    const control = this.#field.element.matches("textarea, input");
    this.#mirror.hidden = !control || !marks.length;
    if (!control) return this.#highlight(marks, nodes);
    this.#inner.replaceChildren();
    let from = 0;
    for (const { start, end } of marks) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      this.#inner.append(text.slice(from, start), mark);
      from = end;
    }
    // The last line break of a block is not shown without something behind it.
    this.#inner.append(`${text.slice(from)}\u200b`);
    this.place();
  }

  /** Lays the copy over the field, as it lies and is scrolled now. */
  place(): void {
    const { element } = this.#field;
    if (this.#mirror.hidden) return;
    const style = getComputedStyle(element);
    const inner = this.#inner.style;
    for (const name of COPIED) inner[name] = style[name];
    inner.whiteSpace = element instanceof HTMLInputElement ? "pre" : "pre-wrap";
    const [to, from] = [element.getBoundingClientRect(), (this.#mirror.offsetParent ?? this.#mirror.parentElement ?? element).getBoundingClientRect()];
    Object.assign(this.#mirror.style, {
      left: `${to.left - from.left + element.clientLeft}px`,
      top: `${to.top - from.top + element.clientTop}px`,
      width: `${element.clientWidth}px`,
      height: `${element.clientHeight}px`,
    });
    inner.minHeight = `${element.clientHeight}px`;
    this.#mirror.classList.toggle("line", element instanceof HTMLInputElement);
    this.#mirror.scrollTop = element.scrollTop;
    this.#mirror.scrollLeft = element.scrollLeft;
  }

  /** Takes everything away. */
  clear(): void {
    this.#mirror.hidden = true;
    this.#inner.replaceChildren();
    this.#highlight([], []);
  }

  #highlight(marks: readonly Mark[], nodes: ReturnType<Field["nodes"]>): void {
    if (!("highlights" in CSS)) return;
    const ranges = marks.flatMap(({ start, end }) =>
      nodes.flatMap(({ node, at }) => {
        const [from, to] = [Math.max(start - at, 0), Math.min(end - at, node.length)];
        if (from >= to) return [];
        const range = new Range();
        range.setStart(node, from);
        range.setEnd(node, to);
        return [range];
      }),
    );
    if (ranges.length && !document.adoptedStyleSheets.includes(this.#sheet)) document.adoptedStyleSheets.push(this.#sheet);
    if (ranges.length) marked.set(this, ranges);
    else marked.delete(this);
    if (marked.size) CSS.highlights.set(NAME, new Highlight(...[...marked.values()].flat()));
    else CSS.highlights.delete(NAME);
  }
}
