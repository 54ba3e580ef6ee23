// Words of a PDF: numbers, names, strings, lists, dictionaries, references, operators.

export class Name {
  constructor(readonly name: string) {}
}

export class Ref {
  constructor(readonly number: number) {}
}

export interface Dict {
  readonly [key: string]: Value;
}

export type Value = number | string | boolean | null | undefined | Name | Ref | readonly Value[] | Dict;

/** A value, or an operator of a page's instructions. */
export interface Token {
  readonly value: Value;
  readonly operator?: string;
}

const SPACE = /[\s\0]/;
const END = /[\s\0()<>[\]{}/%]/;
const MOST_DEPTH = 60;

export function lex(text: string, from: number) {
  let at = from;

  const space = (): void => {
    for (; at < text.length; at++) {
      if (text[at] === "%") while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
      else if (!SPACE.test(text[at]!)) return;
    }
  };

  const literal = (): string => {
    let out = "";
    for (let open = 1; at < text.length; at++) {
      const char = text[at]!;
      if (char === "\\") {
        const next = text[++at] ?? "";
        const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3))?.[0];
        if (octal) {
          out += String.fromCharCode(parseInt(octal, 8) & 255);
          at += octal.length - 1;
        } else if (next === "\r") at += text[at + 1] === "\n" ? 1 : 0;
        else if (next !== "\n") out += { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" }[next] ?? next;
        continue;
      }
      if (char === "(") open++;
      if (char === ")" && --open === 0) {
        at++;
        return out;
      }
      out += char;
    }
    return out;
  };

  const token = (depth = 0): Token | undefined => {
    space();
    if (at >= text.length || depth > MOST_DEPTH) return undefined;
    const char = text[at]!;
    if (char === "(") {
      at++;
      return { value: literal() };
    }
    if (char === "<" && text[at + 1] === "<") {
      at += 2;
      const dict: Record<string, Value> = Object.create(null) as Record<string, Value>;
      for (space(); at < text.length && text[at] !== ">"; space()) {
        const key = token(depth + 1);
        if (!(key?.value instanceof Name)) break;
        dict[key.value.name] = value(depth + 1);
      }
      at += 2;
      return { value: dict };
    }
    if (char === "<") {
      const end = text.indexOf(">", at);
      const hex = text.slice(at + 1, end < 0 ? text.length : end).replace(/[^\da-fA-F]/g, "");
      at = (end < 0 ? text.length : end) + 1;
      return { value: (hex.length % 2 ? `${hex}0` : hex).replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))) };
    }
    if (char === "[") {
      at++;
      const list: Value[] = [];
      for (space(); at < text.length && text[at] !== "]"; space()) {
        const before = at;
        list.push(value(depth + 1));
        if (at === before) at++;
      }
      at++;
      return { value: list };
    }
    if (char === "/") {
      const start = ++at;
      while (at < text.length && !END.test(text[at]!)) at++;
      return { value: new Name(text.slice(start, at).replace(/#([\da-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))) };
    }
    if (/[)>\]{}]/.test(char)) {
      at++;
      return { value: undefined };
    }
    const start = at;
    while (at < text.length && !END.test(text[at]!)) at++;
    const word = text.slice(start, at);
    if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word)) return { value: Number(word) };
    if (word === "true" || word === "false") return { value: word === "true" };
    if (word === "null") return { value: null };
    return { value: undefined, operator: word };
  };

  /** A value; two numbers and an R are a reference. */
  const value = (depth = 0): Value => {
    const found = token(depth)?.value;
    if (typeof found !== "number") return found;
    const reference = /^\s+\d{1,5}\s+R\b/.exec(text.slice(at, at + 24));
    if (!reference) return found;
    at += reference[0].length;
    return new Ref(found);
  };

  return {
    token: () => token(),
    object: (): { readonly value: Value; readonly end: number } => ({ value: value(), end: at }),
    /** Past the bytes of an image that stands among the instructions. */
    skipImage: (): void => {
      const end = /[\s]EI(?=[\s]|$)/g;
      end.lastIndex = at;
      const found = end.exec(text);
      at = found ? found.index + 3 : text.length;
    },
  };
}
