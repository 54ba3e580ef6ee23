// Files: every way that one is chosen. Fields stand in pages, in shadow roots (whose `change` never
// leaves them), and nowhere at all (page/net.ts puts those into the page before they open).

import { atLeast } from "@riegel/widget/parts";
import type { FileContent } from "../shared/messages.js";
import type { Asker } from "./asking.js";
import type { Decider } from "./decider.js";
import type { Stage } from "./dialog.js";
import { shadowOf } from "./editor.js";
import { read } from "./files.js";
import { hear } from "./listening.js";

/** Asks about files, and says whether they may go on. */
export type Filing = (action: string, contents: readonly FileContent[]) => Promise<boolean>;

export const filing = (decider: Decider, stage: Stage, ask: Asker): Filing => async (action, contents) => {
  const view = await decider.files(action, contents);
  if (atLeast(view.verdict, "justify")) return (await ask({ view, text: "", way: "file", file: contents.map(({ name }) => name).join(", ") })).choice === "reason";
  if (view.verdict === "warn") stage.warn(view);
  return true;
};

/** All shadow roots of an element that an event came from, and of what is inside of them. */
function rootsAt(element: Element): ShadowRoot[] {
  const root = shadowOf(element);
  return root ? [root, ...[...root.querySelectorAll("*")].flatMap(rootsAt)] : [];
}

const isFileField = (node: unknown): node is HTMLInputElement => node instanceof HTMLInputElement && node.type === "file";

/** The field is emptied until somebody decided: the page's own listeners find nothing in it. */
export function catchChosen(settle: Filing, carefully: (act: () => Promise<void>) => void): void {
  const chosen = (event: Event): void => {
    const [first] = event.composedPath();
    if (!event.isTrusted || event instanceof InputEvent) return;
    // A closed root shows only its host.
    const fields = isFileField(first) ? [first] : first instanceof Element ? rootsAt(first).flatMap((root) => [...root.querySelectorAll<HTMLInputElement>("input[type=file]")]).filter(({ files }) => files?.length) : [];
    for (const field of fields) {
      event.stopImmediatePropagation();
      const files = [...(field.files ?? [])];
      if (!files.length) continue;
      field.value = "";
      carefully(async () => {
        if (!(await settle("upload", await Promise.all(files.map(read))))) return;
        const copy = new DataTransfer();
        for (const file of files) copy.items.add(file);
        field.files = copy.files;
        for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true, composed: name === "input" }));
      });
    }
  };
  for (const name of ["input", "change"]) hear(name, chosen);

  // Before a field in a shadow root opens, somebody or something clicks on it.
  hear("click", (event) => {
    const [first] = event.composedPath();
    if (!(first instanceof Element)) return;
    const own = first.getRootNode();
    for (const root of [...(own instanceof ShadowRoot ? [own] : []), ...rootsAt(first)]) for (const name of ["input", "change"]) root.addEventListener(name, chosen, { capture: true });
  });
}
