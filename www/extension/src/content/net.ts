// The second net's other half, in the isolated world: meets page/net.ts before the page's scripts run,
// and answers what it asks. All that is read or decided happens here, out of the page's reach.
//
// What a page sends before a person has touched it cannot be theirs: values in such requests (the
// account's own address, say) are learnt, and do not count later.

import { atLeast } from "@riegel/widget/parts";
import type { FileContent, View } from "../shared/messages.js";
import type { Asker } from "./asking.js";
import { rewrite, stringsIn } from "./bodies.js";
import type { Decider } from "./decider.js";
import type { Filing } from "./filing.js";
import { hear } from "./listening.js";

const HELLO = "riegel-hello";
/** Shorter texts hold nothing to protect. */
const LEAST = 6;
const MOST_REMEMBERED = 500;
/** As long as a short sentence. */
const SENTENCE = 24;

interface Question {
  readonly id: number;
  readonly kind: string;
  readonly url: string;
  readonly text: string;
  /** What the address carries: it cannot be rewritten. */
  readonly query: string;
  readonly changes: boolean;
}

/** Is there another page that can look into this one: around it, or the one that opened it? */
function reached(): boolean {
  for (const other of [self === top ? undefined : top, opener as Window | null]) {
    try {
      if (other?.document) return true;
    } catch {
      // Another site's.
    }
  }
  return false;
}

/** What is to be inserted by an event of the page's own world; says whether the page took it. */
export interface Delivery {
  readonly kind: "paste" | "drop";
  readonly data: Readonly<Record<string, string>>;
  readonly files: readonly FileContent[];
  readonly x: number;
  readonly y: number;
}
export type Deliver = (delivery: Delivery) => boolean;

/** `say` tells the person that something stayed here. */
export function listen(decider: Decider, ask: Asker, file: Filing, say: () => void): Deliver {
  const secret = [...crypto.getRandomValues(new Uint8Array(72))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const [questions, answers, inserts] = [0, 48, 96].map((at) => secret.slice(at, at + 48)) as [string, string, string];
  /** Values that the site had before anybody touched the page. */
  const own = new Set<string>();
  /** Values that the person wants redacted in this page. */
  const covered = new Set<string>();
  /** Texts that the person did not want to go. */
  const refused = new Set<string>();
  // A frame or a window that the page makes for itself is the page's hand: it counts as touched.
  let touched = reached();
  let turn: Promise<unknown> = Promise.resolve();

  for (const name of ["pointerdown", "keydown", "paste", "drop", "dragenter"]) hear(name, (event) => (touched ||= event.isTrusted), { capture: true, passive: true });

  /** Questions that are being decided: the net asks again when the document was written anew. */
  const open = new Set<number>();
  const answer = (id: number, go: boolean, body?: string): void => {
    open.delete(id);
    dispatchEvent(new CustomEvent(`${answers}a`, { detail: JSON.stringify({ id, go, body: body ?? null }) }));
  };
  const hello = (): void => void dispatchEvent(new CustomEvent(HELLO, { detail: secret }));
  const valuesOf = (view: View, text: string): string[] => view.marks.map(({ start, end }) => text.slice(start, end));

  const judge = async ({ id, text, query, changes }: Question, strings: readonly string[], joined: string): Promise<void> => {
    const early = !touched;
    const view = await decider.decide("prompt", joined);
    const values = valuesOf(view, joined);
    if (decider.passes(joined, view)) return answer(id, true);
    if (early && !view.failed) {
      for (const value of values) own.add(value);
      return answer(id, true);
    }
    if (values.length && values.every((value) => own.has(value))) return answer(id, true);
    if (refused.has(joined)) {
      say();
      return answer(id, false);
    }
    const redact = async (): Promise<void> => {
      for (const value of values) covered.add(value);
      const clean = new Map<string, string>();
      for (const string of strings) {
        if (!values.some((value) => string.includes(value))) continue;
        const { text, view } = await decider.redact("prompt", string);
        if (atLeast(view.verdict, "justify")) return answer(id, false);
        clean.set(string, text);
      }
      answer(id, true, rewrite(text, clean));
    };
    const can = changes && view.redacted && !stringsIn(query).some((string) => values.some((value) => string.includes(value)));
    if (can && values.every((value) => covered.has(value))) return redact();
    // One question at a time.
    const asked = turn.then(async () => {
      if (refused.has(joined)) return answer(id, false);
      const { redacted: _, ...rest } = view;
      const { choice } = await ask({ view: can ? view : rest, text: joined, way: "request" });
      if (choice === "redact") return redact();
      if (choice === "reason") {
        decider.permit(joined);
        // Not every word beside it: later texts are read without what was permitted.
        for (const string of strings) if (string.length >= SENTENCE || values.some((value) => string.includes(value))) decider.permit(string);
        return answer(id, true);
      }
      if (refused.size > MOST_REMEMBERED) refused.clear();
      refused.add(joined);
      return answer(id, false);
    });
    turn = asked.catch(() => answer(id, false));
    await asked;
  };

  hear(`${questions}q`, (event) => {
    const question = JSON.parse((event as CustomEvent<string>).detail) as Question;
    if (open.has(question.id)) return;
    open.add(question.id);
    if (question.kind === "file") return void file("upload", [JSON.parse(question.text) as FileContent]).then((go) => answer(question.id, go), () => answer(question.id, false));
    const strings = [...stringsIn(question.text), ...stringsIn(question.query)].map((string) => string.trim()).filter((string) => string.length >= LEAST);
    // What was decided on already goes at once: calls that cannot wait depend on it.
    const fresh = [...new Set(strings)].filter((string) => !decider.passes(string)).map((string) => decider.rest(string)).filter((string) => string.trim().length >= LEAST);
    const joined = fresh.join("\n");
    if (!joined || decider.passes(joined)) return answer(question.id, true);
    return void judge(question, strings, joined).catch(() => answer(question.id, false));
  });

  // Whoever of us two runs second is the one who can finish: the page runs after both.
  addEventListener(`${HELLO}?`, hello, { once: true });
  let met = false;
  addEventListener(`${inserts}r`, () => {
    met = true;
    removeEventListener(`${HELLO}?`, hello);
  }, { once: true });
  hello();
  // In a frame that was found later there is no net yet.
  setTimeout(() => {
    if (!met) decider.tell({ ask: "net" });
  }, 100);

  return (delivery) => {
    let taken = false;
    const hear = (event: Event): void => void (taken = (event as CustomEvent<string>).detail === "taken");
    addEventListener(`${inserts}o`, hear, { once: true });
    dispatchEvent(new CustomEvent(`${inserts}i`, { detail: JSON.stringify(delivery) }));
    removeEventListener(`${inserts}o`, hear);
    return taken;
  };
}
