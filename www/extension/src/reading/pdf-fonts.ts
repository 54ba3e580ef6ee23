// From the bytes that a PDF writes to the letters that they mean.

import { Name, type Value } from "./pdf-lex.js";

/** Bytes as text; throws where a font does not say what its bytes mean. */
export type Decode = (bytes: string) => string;

const GLYPHS: Readonly<Record<string, string>> = { space: " ", adieresis: "ä", odieresis: "ö", udieresis: "ü", Adieresis: "Ä", Odieresis: "Ö", Udieresis: "Ü", germandbls: "ß", eacute: "é", egrave: "è", at: "@", period: ".", comma: ",", hyphen: "-", minus: "-", underscore: "_", colon: ":", semicolon: ";", slash: "/", plus: "+", parenleft: "(", parenright: ")", zero: "0", one: "1", two: "2", three: "3", four: "4", five: "5", six: "6", seven: "7", eight: "8", nine: "9", Euro: "€", section: "§", ampersand: "&", percent: "%", equal: "=", numbersign: "#", quotesingle: "'", quotedbl: '"', quoteright: "’", quotedblleft: "“", quotedblright: "”", endash: "–", emdash: "—", fi: "fi", fl: "fl", ff: "ff", bullet: "•" };
const WINDOWS = new TextDecoder("windows-1252");

const glyph = (name: string): string | undefined => {
  const code = /^uni([\dA-F]{4})$|^u([\dA-F]{4,6})$/.exec(name);
  if (code) return String.fromCodePoint(parseInt((code[1] ?? code[2])!, 16));
  return GLYPHS[name] ?? (name.length === 1 ? name : undefined);
};

const utf16 = (hex: string): string => (hex.match(/.{4}/g) ?? []).map((code) => String.fromCharCode(parseInt(code, 16))).join("");

/** More codes than any font has letters: a table that only keeps us busy. */
const MOST_CODES = 500_000;

/** What stands between `begin…` and `end…`. */
const blocks = (cmap: string, kind: string): string[] => cmap.split(`begin${kind}`).slice(1).map((block) => block.split(`end${kind}`, 1)[0]!);

/** A ToUnicode table: codes, how long they are in bytes. */
function table(cmap: string): { readonly letters: Map<number, string>; readonly width: number } {
  const letters = new Map<number, string>();
  let width = 1;
  let codes = 0;
  const range = /begincodespacerange\s*<([\da-fA-F]+)>/.exec(cmap);
  if (range) width = range[1]!.length / 2;
  for (const block of blocks(cmap, "bfchar")) {
    for (const [, from, to] of block.matchAll(/<([\da-fA-F\s]+)>\s*<([\da-fA-F\s]*)>/g)) letters.set(parseInt(from!, 16), utf16(to!.replace(/\s/g, "")));
  }
  for (const block of blocks(cmap, "bfrange")) {
    for (const [, first, last, to, list] of block.matchAll(/<([\da-fA-F]+)>\s*<([\da-fA-F]+)>\s*(?:<([\da-fA-F]+)>|\[([^\]]*)\])/g)) {
      const [start, end] = [parseInt(first!, 16), Math.min(parseInt(last!, 16), parseInt(first!, 16) + 65_535)];
      const items = list?.match(/[\da-fA-F]+/g);
      if ((codes += end - start) > MOST_CODES) throw new Error("font");
      for (let code = start; code <= end; code++) {
        if (items) letters.set(code, utf16(items[code - start] ?? ""));
        else if (to) letters.set(code, utf16(to.slice(0, -4)) + String.fromCharCode(parseInt(to.slice(-4), 16) + code - start));
      }
    }
  }
  return { letters, width };
}

export function decoderOf(composite: boolean, cmap: string | undefined, differences: readonly Value[]): Decode {
  const { letters, width } = cmap ? table(cmap) : { letters: new Map<number, string>(), width: 1 };
  if (composite && !letters.size) {
    return () => {
      throw new Error("font");
    };
  }
  const step = composite ? Math.max(width, 1) : 1;
  const own = new Map<number, string>();
  let code = 0;
  for (const item of differences) {
    if (typeof item === "number") code = item;
    else if (item instanceof Name) own.set(code++, glyph(item.name) ?? "\ufffd");
  }
  return (bytes) => {
    let out = "";
    for (let at = 0; at < bytes.length; at += step) {
      let number = 0;
      for (let i = 0; i < step; i++) number = number * 256 + (bytes.charCodeAt(at + i) || 0);
      out += letters.get(number) ?? own.get(number) ?? (composite ? "\ufffd" : WINDOWS.decode(Uint8Array.of(number)));
    }
    // Letters that are printed as one.
    return out.replace(/[\ufb00-\ufb06]/g, (letter) => letter.normalize("NFKC"));
  };
}
