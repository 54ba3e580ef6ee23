// Finding placeholders again in what a model wrote. Models are careless with them: `[EMAIL 1]`,
// `[**Email_1**]`, `Email\_1`, `EMAIL_1s`. What is taken for a placeholder, for the label EMAIL:
//
//   in brackets   [ ( deco  E-?M-?A-?I-?L plural? sep number inflection? deco ) ]
//   bare          not behind a letter  EMAIL plural? _ number  no letter behind, but an inflection
//
// Every pattern is a list of tokens, each of bounded length. Joined they match a whole placeholder;
// nested as `(?:$|a(?:$|b(?:$|c)))` they match one that the end of the text cuts off. So a stream
// knows what it may let go: everything before the first place where a placeholder may have begun.
//
// Inside an address of the web nothing is found: whoever owns the host would read the value, and an
// image is fetched without a click. `mailto:` is a person's own mail program.

/** A pattern and what it stands for. `tokens` has two groups: what comes behind the value, and a link. */
export interface Pattern {
  readonly tokens: readonly string[];
  /** Looked for behind the last token, not taken. */
  readonly behind: string;
  /** The same, cut off by the end. */
  readonly cut: string;
  /** The value for what was found; `undefined` leaves the text as it is. */
  readonly value: (number: string) => string | undefined;
}

const DECO = "[\\s*_~`\"'“”„]{0,3}";
const SEPARATOR = "[\\s_\\-\\u2010\\u2011\\\\#:.]";
// Where a token has two characters of which only the first is there, the end of the text says so.
const INFLECTION = "(?:['’]?[sS]|['’]$|[eE][nrsNRS]?|[nN])?";
const PLURAL = "(?:[eE]?[nsNS]|[eE]$)?";
const NUMBER = "(\\d{1,6})";
/** Letters and digits, roughly: `\p{L}`, and the flag for both cases, make patterns slow to compile. */
// One literal: a template with another constant in it would stay in bundles that leave this file out.
const LETTER = "[\\dA-Za-z\\u00c0-\\u1fff\\u3040-\\ud7ff]";
const NOT_INSIDE_A_WORD = "(?<![\\dA-Za-z\\u00c0-\\u1fff\\u3040-\\ud7ff]_{0,2})";

/** Where an address begins, also one that is hidden in entities; and what stands around it. */
const ADDRESS = /(?<=([<"'])?(?:https?:|[\\/]{2}|&#|&b?sol;)|\]\((<))(?=[^\s<>"'])/gi;
/** What ends it. */
const ENDS: Readonly<Record<string, RegExp>> = { " ": /\s/g, "<": /[>\n]/g, '"': /["\n]/g, "'": /['\n]/g };
/** How far back a pattern looks. */
export const BACK = 8;

/** A character, in both cases. */
const either = (char: string): string => {
  const [small, large] = [char.toLowerCase(), char.toUpperCase()];
  return small !== large ? `[${small}${large}]` : char.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
};

/** Both ways to write a label. */
export function patternsOf(label: string, value: (number: number) => string | undefined): Pattern[] {
  const letters = [...label].map((char) => (char === "_" ? `${SEPARATOR}{0,3}` : `${either(char)}-?`));
  // A label that ends in a digit needs something between it and the number.
  const least = /\d$/.test(label) ? 1 : 0;
  const found = (number: string): string | undefined => value(Number(number));
  return [
    {
      tokens: ["\\\\?", "[[{<【［]", DECO, ...letters, PLURAL, `${SEPARATOR}{${least},3}`, NUMBER, `(${INFLECTION})`, DECO, "\\\\?", "[\\]}>】］]"],
      behind: "(?=(\\()?)",
      cut: "$",
      value: found,
    },
    {
      tokens: [NOT_INSIDE_A_WORD, ...letters, PLURAL, "\\\\?", "_", NUMBER, "()"],
      behind: `(?=${INFLECTION}_{0,2}(?!${LETTER}|_))()`,
      cut: `${INFLECTION}_{0,2}$`,
      value: found,
    },
  ];
}

/** A text as it is, however it is spaced. */
export function exactly(text: string, value: string): Pattern {
  const chars = [...text.replace(/\s/g, "")].map((char) => `${either(char)}[\\s\\u00a0]?`);
  const last = either(text.at(-1)!);
  return {
    tokens: [`(?<!${LETTER})`, "()", ...chars.slice(0, -1), last, "()"],
    behind: `(?!${LETTER})()`,
    cut: "$",
    value: () => value,
  };
}

/** Patterns, compiled. */
export class Finder {
  readonly #whole: RegExp;
  readonly #cut: RegExp;

  constructor(private readonly patterns: readonly Pattern[]) {
    const whole = patterns.map(({ tokens, behind }) => tokens.join("") + behind);
    const cut = patterns.map(({ tokens, cut }) => tokens.reduceRight((rest, token) => `(?:$|${token}${rest})`, `(?:${cut})`));
    this.#whole = new RegExp(whole.join("|") || "(?!)", "g");
    this.#cut = new RegExp(`${cut.join("|")}${cut.length ? "|" : ""}$`, "g");
  }

  /**
   * Restores `text` from `from` on (what stands before is only looked at); gives what may be let
   * go, how far it reaches, and in what address that ends. `open`: more will follow.
   */
  restore(text: string, from: number, open: boolean, inside = ""): [out: string, end: number, inside: string] {
    let out = "";
    let at = from;
    let [match, cut, address]: (RegExpExecArray | null | undefined)[] = [];
    /** What is found from here on: what was found before, unless that was passed. */
    const find = (regex: RegExp, found?: RegExpExecArray | null): RegExpExecArray | null => {
      if (found === null || (found && found.index >= at)) return found;
      regex.lastIndex = at;
      return regex.exec(text);
    };
    for (;;) {
      if (inside) {
        const ends = find(ENDS[inside]!);
        const end = ends ? ends.index : text.length;
        out += text.slice(at, end);
        if (!ends) return [out, end, inside];
        [at, inside] = [end, ""];
      }
      match = find(this.#whole, match);
      cut = open ? find(this.#cut, cut) : null;
      address = find(ADDRESS, address);
      const hold = cut ? cut.index : text.length;
      if (address && address.index <= Math.min(match ? match.index : hold, hold)) {
        out += text.slice(at, (at = address.index));
        inside = address[1] ?? address[2] ?? " ";
      } else {
        if (!match || match.index >= hold) return [out + text.slice(at, hold), hold, ""];
        out += text.slice(at, match.index) + this.#replace(match);
        at = match.index + match[0].length;
      }
    }
  }

  #replace(match: RegExpExecArray): string {
    const group = match.findIndex((found, i) => i % 3 === 1 && found !== undefined);
    const [number, inflection, link] = match.slice(group, group + 3);
    const value = this.patterns[(group - 1) / 3]!.value(number!);
    if (value === undefined) return match[0];
    // Markdown: `[EMAIL_1](mailto:EMAIL_1)` stays a link.
    return link ? `[${value}${inflection}]` : value + inflection;
  }
}
