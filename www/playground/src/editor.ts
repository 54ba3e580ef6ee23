// The three editors: policy, event, content. CodeMirror with our colours, our words and our keys.
// Tab moves on to the next field, as everywhere on a page; Ctrl-Space completes.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic as Lint } from "@codemirror/lint";
import { Compartment, EditorState, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers, placeholder, type DecorationSet } from "@codemirror/view";
import { inUtf16, type Diagnostic, type Vocabulary } from "@riegel/compiler";
import { tags } from "@lezer/highlight";
import { complete, riegel } from "./riegel.js";
import { language, say } from "./words.js";

const colours = HighlightStyle.define([
  { tag: tags.definitionKeyword, color: "var(--accent)", fontWeight: "600" },
  { tag: tags.keyword, color: "var(--accent)" },
  { tag: tags.modifier, color: "var(--stop)", fontWeight: "600" },
  { tag: [tags.string, tags.regexp], color: "var(--text-2)" },
  { tag: [tags.number, tags.atom, tags.bool, tags.null], color: "var(--number)" },
  { tag: tags.propertyName, color: "var(--name)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
]);

const GERMAN = {
  "No diagnostics": "Keine Probleme",
  Diagnostics: "Probleme",
  close: "schließen",
  Completions: "Vorschläge",
  "Control character": "Steuerzeichen",
  "Fold line": "Zeile einklappen",
};

/** A range, and how it is shown. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly class: string;
  readonly title?: string;
}

const mark = StateEffect.define<readonly Mark[]>();
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    let now = shown.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(mark)) continue;
      const { length } = transaction.newDoc;
      const fit = effect.value.filter(({ from, to }) => from < to && to <= length);
      now = Decoration.set(fit.map(({ from, to, class: name, title }) => Decoration.mark({ class: name, ...(title ? { attributes: { title } } : {}) }).range(from, to)), true);
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const nonce = document.documentElement.dataset["nonce"];
const [named, spoken] = [new Compartment(), new Compartment()];

export type Kind = "policy" | "event" | "content";

const name = (kind: Kind): Extension => [EditorView.contentAttributes.of({ "aria-label": say(kind), tabindex: "0", ...(kind === "content" ? { spellcheck: "true" } : {}) }), kind === "content" ? placeholder(say("contentHint")) : []];
const phrases = (): Extension => EditorState.phrases.of(language() === "de" ? GERMAN : {});

/** One editor. */
export class Editor {
  readonly view: EditorView;

  constructor(
    readonly kind: Kind,
    parent: Element,
    changed: () => void,
    vocabulary: () => Vocabulary | undefined = () => undefined,
  ) {
    const code: Extension[] = [bracketMatching(), closeBrackets(), indentOnInput(), indentUnit.of("  "), syntaxHighlighting(colours)];
    const own: Record<Kind, Extension[]> = {
      policy: [lineNumbers(), lintGutter(), highlightActiveLine(), riegel, ...code, autocompletion({ override: [complete(vocabulary)], icons: false })],
      event: [json(), ...code],
      content: [EditorView.lineWrapping],
    };
    this.view = new EditorView({
      parent,
      extensions: [
        nonce ? EditorView.cspNonce.of(nonce) : [],
        history(),
        drawSelection(),
        highlightSpecialChars(),
        marks,
        ...own[kind],
        named.of(name(kind)),
        spoken.of(phrases()),
        // Tab takes a completion where one is open, and else moves on.
        keymap.of([{ key: "Tab", run: acceptCompletion }, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        EditorView.updateListener.of((update) => update.docChanged && changed()),
      ],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Another text; the cursor stays about where it was. */
  set text(text: string) {
    if (text === this.text) return;
    const { head } = this.view.state.selection.main;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: Math.min(head, text.replaceAll("\r\n", "\n").length) } });
  }

  /** Speaks the page's language. */
  translate(): void {
    this.view.dispatch({ effects: [named.reconfigure(name(this.kind)), spoken.reconfigure(phrases())] });
  }

  mark(list: readonly Mark[]): void {
    this.view.dispatch({ effects: mark.of(list) });
  }

  /** Shows a place and goes there. */
  reveal(from: number, to = from): void {
    const end = this.view.state.doc.length;
    this.view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, effects: EditorView.scrollIntoView(Math.min(from, end), { y: "center" }) });
    this.view.focus();
  }

  /** Underlines what is wrong; gives each problem's place. */
  problems(list: readonly Diagnostic[], source: string): { readonly from: number; readonly to: number }[] {
    const at = inUtf16(this.text);
    const { length } = this.view.state.doc;
    const places = list.map(({ source: name, start, end }) => (name === source ? { from: Math.min(at(start), length), to: Math.min(at(end), length) } : { from: 0, to: 0 }));
    const lints = list.map(({ severity, message, help, suggestion, source: name }, i): Lint => ({
      ...places[i]!,
      severity,
      message: help ? `${message}\n${help}` : message,
      ...(suggestion !== null && name === source ? { actions: [{ name: `${say("apply")} ${suggestion}`, apply: (view, from, to) => view.dispatch({ changes: { from, to, insert: suggestion } }) }] } : {}),
    }));
    this.view.dispatch(setDiagnostics(this.view.state, lints));
    return places;
  }
}
