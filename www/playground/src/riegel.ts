// The language, for the editor: colours, folding by braces, and what may be written where.

import { snippetCompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { indentService, StreamLanguage, type StreamParser } from "@codemirror/language";
import type { Vocabulary } from "@riegel/compiler";
import { language } from "./words.js";

const ITEMS = "policy use extends include attribute list group param let rule tighten except detector test hashed fingerprint relaxable";
const WORDS = "when unless then cite say hint stage rests on train notify label disclose redact approve justify version languages review by on_error time_zone max_findings from key given text expect found not and or in has matches contains count distinct near within any of class tag starts ends before after because until title tags pattern check context confidence examples counterexamples low medium high with as would no obligation unread today required printable absent stricter up down enum set max first word beside against hidden sequence part parts reported lower is at";
const VERDICTS = "allow log warn justify redact approve block";
const ATOMS = "true false bool int date string host observe enforce";

const words = (list: string): Set<string> => new Set(list.split(" "));
const [items, keywords, verdicts, atoms] = [ITEMS, WORDS, VERDICTS, ATOMS].map(words) as [Set<string>, Set<string>, Set<string>, Set<string>];

const parser: StreamParser<{ pattern: boolean }> = {
  name: "riegel",
  startState: () => ({ pattern: false }),
  token(stream, state) {
    if (stream.eatSpace()) return null;
    const afterPattern = state.pattern;
    state.pattern = false;
    if (stream.match("//") || stream.match("#")) {
      // `//` behind `pattern` would be an empty expression, which is none.
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (afterPattern && stream.match(/^\/(?:[^/\\]|\\.)+\/i?/)) return "regexp";
    if (stream.match(/^\d{4}-\d{2}-\d{2}/) || stream.match(/^-?\d[\d_]*/)) return "number";
    const word = stream.match(/^[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*/) as RegExpMatchArray | null;
    if (word) {
      const [text] = word;
      if (text === "pattern" || text === "after" || text === "matches") state.pattern = true;
      if (items.has(text)) return "definitionKeyword";
      if (verdicts.has(text)) return "modifier";
      if (atoms.has(text)) return "atom";
      if (keywords.has(text)) return "keyword";
      return text.includes(".") ? "propertyName" : "variableName";
    }
    if (stream.match(/^[{}[\]()]/)) return "bracket";
    if (stream.match(/^(?:[<>!]=|\.\.|[=<>:,])/)) return "operator";
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: "//" }, closeBrackets: { brackets: ["{", "[", "(", '"'] }, indentOnInput: /^\s*\}$/ },
};

/** A line begins below the one before it; deeper behind an open bracket, further out before a closing one. */
const indentation = indentService.of((context, pos) => {
  const { text } = context.lineAt(pos, 1);
  if (pos === 0) return 0;
  const before = context.lineAt(pos - 1, -1);
  const open = /[{[(]\s*(\/\/.*)?$/.test(before.text) ? context.unit : 0;
  const close = /^\s*[}\])]/.test(text) ? context.unit : 0;
  return Math.max(0, context.lineIndent(before.from, -1) + open - close);
});

export const riegel = [StreamLanguage.define(parser), indentation];

const SNIPPETS: readonly Completion[] = [
  snippetCompletion('rule ${name} {\n  when ${condition}\n  then ${block}\n  say  {\n    de "${Text}"\n    en "${Text}"\n  }\n}', { label: "rule", detail: "…", type: "keyword" }),
  snippetCompletion('test "${name}" {\n  given  action = paste, destination.host = "${chatgpt.com}"\n  text   "${content}"\n  expect ${block}\n}', { label: "test", detail: "…", type: "keyword" }),
  snippetCompletion('detector ${own.number} "${Title}" {\n  class      ${business}\n  pattern    /${\\bK-\\d{6}\\b}/\n  redact as  "${LABEL}"\n  examples   "${K-123456}"\n}', { label: "detector", detail: "…", type: "keyword" }),
];

/** Completion from what the policy and its libraries declare. */
export function complete(vocabulary: () => Vocabulary | undefined): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    // Not in texts, expressions or comments.
    if ((before.replace(/\\./g, "").match(/"/g)?.length ?? 0) % 2 || /(^|\s)(\/\/|#)/.test(before.replace(/"[^"]*"/g, ""))) return null;
    const word = context.matchBefore(/[\w.]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    return { from: word.from, options: options(before.slice(0, word.from - line.from), vocabulary()), validFor: /^[\w.]*$/ };
  };
}

function options(before: string, vocabulary: Vocabulary | undefined): Completion[] {
  const of = (names: readonly string[], type: string, boost = 0): Completion[] => names.map((label) => ({ label, type, boost }));
  const plain = [...new Set([...items, ...keywords, ...verdicts, ...atoms])];
  if (!vocabulary) return of(plain, "keyword");
  const detectors = vocabulary.detectors.map(({ id, title, titles }) => ({ label: id, detail: titles?.[language()] ?? title, type: "class" }));
  if (/\b(use|extends|include)\s+$/.test(before)) return of(vocabulary.libraries, "namespace");
  if (/\bclass\s+$/.test(before)) return of(vocabulary.classes, "type");
  if (/\bgroup\s+$/.test(before)) return of(vocabulary.groups, "type");
  if (/\b(then|on_error|expect)\s+$/.test(before)) return [...of([...verdicts], "enum", 1), ...of(["found", "not", "no", "would", "unread", "obligation"], "keyword")];
  const compared = /([\w.]+)\s*(?:=|!=|in\s*\[[^\]]*)\s*$/.exec(before)?.[1];
  const attribute = vocabulary.attributes.find(({ name }) => name === compared);
  if (attribute?.variants) return of(attribute.variants, "enum");
  if (attribute?.type === "bool") return of(["true", "false"], "constant");
  if (/\b(found|count|distinct|near|redact|any of \[[^\]]*)\s*$/.test(before)) return [...detectors, ...of(vocabulary.groups, "type"), ...of(["class", "tag", "group"], "keyword")];
  const attributes = vocabulary.attributes.map(({ name, type, variants }) => ({ label: name, detail: variants ? "enum" : type, type: "property", boost: 1 }));
  const own = [...of(vocabulary.lets, "variable", 2), ...of(vocabulary.params, "variable", 2), ...of(vocabulary.lists, "variable")];
  const start = /^\s*$/.test(before);
  return [...(start ? SNIPPETS : []), ...of(plain.filter((word) => !start || !SNIPPETS.some(({ label }) => label === word)), "keyword", start ? 1 : 0), ...own, ...attributes, ...detectors, ...of(vocabulary.groups, "type"), ...of(vocabulary.rules, "function")];
}
