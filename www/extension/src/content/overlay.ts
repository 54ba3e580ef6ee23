// Boxes over places in a page's text: what is covered, and what a placeholder stands for. They lie in
// our closed shadow root, so the page's own text stays as it is and the page reads nothing new.

import { make, type Stage } from "./dialog.js";
import { hear } from "./listening.js";

const MOST = 150;

interface Box {
  readonly range: Range;
  readonly element: HTMLElement;
}

export class Overlay {
  readonly #boxes = new Map<string, Box[]>();
  #frame = 0;

  constructor(readonly stage: Stage) {
    for (const name of ["scroll", "resize"]) hear(name, () => this.place(), { capture: true, passive: true });
  }

  /** Puts boxes of one kind over a block; those that it had there before go. */
  set(kind: "cover" | "chip", block: Element, places: readonly { readonly range: Range; readonly text: string }[]): void {
    const kept = (this.#boxes.get(kind) ?? []).filter(({ range, element }) => {
      const stays = range.startContainer.isConnected && !block.contains(range.startContainer);
      if (!stays) element.remove();
      return stays;
    });
    const made = places.slice(0, MOST - kept.length).map(({ range, text }) => {
      const element = make("span", kind, text);
      if (kind === "chip") element.title = text;
      element.ariaHidden = "true";
      this.stage.root.append(element);
      return { range, element };
    });
    this.#boxes.set(kind, [...kept, ...made]);
    if (made.length) this.stage.attach();
    this.place();
  }

  /** Puts every box where its text is now. */
  place(): void {
    if (this.#frame || ![...this.#boxes.values()].some(({ length }) => length)) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const moves = [...this.#boxes].flatMap(([kind, boxes]) =>
        boxes.map(({ range, element }) => ({ kind, element, box: range.getBoundingClientRect(), style: range.startContainer.parentElement && kind === "chip" ? getComputedStyle(range.startContainer.parentElement) : undefined })),
      );
      for (const { kind, element, box, style } of moves) {
        element.hidden = !box.width || box.bottom < 0 || box.top > innerHeight;
        Object.assign(element.style, { left: `${box.left}px`, top: `${box.top}px`, height: `${box.height}px`, ...(kind === "cover" ? { width: `${box.width}px` } : { minWidth: `${box.width}px`, maxWidth: `${Math.max(box.width, 320)}px`, lineHeight: `${box.height}px`, fontSize: style?.fontSize ?? "", fontFamily: style?.fontFamily ?? "" }) });
      }
    });
  }
}
