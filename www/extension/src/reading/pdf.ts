// The text of a PDF, enough of it to decide: objects, object streams, Flate, the usual encodings and
// ToUnicode tables. pdf.js reads more, in 490 KB of the 600 the whole extension may have
// (docs/decisions/021-reading-files.md). What this cannot read for sure is `undefined`, not empty.

import { unzlibSync } from "fflate";
import { lex, Name, Ref, type Dict, type Value } from "./pdf-lex.js";
import { decoderOf, type Decode } from "./pdf-fonts.js";

interface Entry {
  readonly value: Value;
  /** Raw bytes (Latin-1) of its stream. */
  readonly stream?: string;
}

const MOST_FORMS = 2000;
const MOST_TEXT = 20_000_000;

export function pdfText(file: string): string | undefined {
  if (!/%PDF-/.test(file.slice(0, 1024)) || /\/Encrypt\s/.test(file)) return undefined;
  try {
    return new Document(file).text();
  } catch {
    return undefined;
  }
}

class Document {
  readonly #entries = new Map<number, Entry>();
  readonly #fonts = new Map<Value, Decode | undefined>();
  #forms = 0;

  constructor(file: string) {
    const begin = /(?:^|[\s>])(\d{1,8})\s+\d{1,5}\s+obj\b/g;
    for (let match = begin.exec(file); match; match = begin.exec(file)) {
      const { value, end } = lex(file, begin.lastIndex).object();
      const head = /^\s*stream\r?\n?/.exec(file.slice(end, end + 64));
      if (!head) {
        this.#entries.set(Number(match[1]), { value });
        continue;
      }
      const from = end + head[0].length;
      const length = (value as Dict)?.["Length"];
      const said = typeof length === "number" && /^\s*endstream/.test(file.slice(from + length, from + length + 20)) ? from + length : -1;
      const to = said >= 0 ? said : file.indexOf("endstream", from);
      if (to < 0) break;
      this.#entries.set(Number(match[1]), { value, stream: file.slice(from, to) });
      begin.lastIndex = to;
    }
    for (const entry of [...this.#entries.values()]) {
      const dict = entry.value as Dict;
      if (!(dict?.["Type"] instanceof Name) || dict["Type"].name !== "ObjStm") continue;
      const data = this.#data(entry);
      const first = Number(dict["First"]);
      const header = data.slice(0, first).trim().split(/\s+/).map(Number);
      for (let i = 0; i + 1 < header.length; i += 2) {
        if (!this.#entries.has(header[i]!)) this.#entries.set(header[i]!, { value: lex(data, first + header[i + 1]!).object().value });
      }
    }
  }

  text(): string | undefined {
    const pages = [...this.#entries.values()].filter(({ value }) => this.#name(this.#get(value, "Type")) === "Page");
    if (!pages.length) return undefined;
    let out = "";
    for (const { value } of pages) {
      const contents = this.#get(value, "Contents");
      const list = Array.isArray(contents) ? contents : [(value as Dict)["Contents"]];
      const code = list.map((item) => (item instanceof Ref ? this.#data(this.#entries.get(item.number)) : "")).join("\n");
      out += `${this.#run(code, this.#inherited(value, "Resources"))}\n`;
      if (out.length > MOST_TEXT) throw new Error("long");
    }
    // Notes and the fields of forms are content too.
    for (const { value } of this.#entries.values()) {
      for (const key of ["Contents", "V", "TU", "Title", "Author", "Subject", "Keywords"]) {
        const text = typeof value === "object" && value && !Array.isArray(value) && !(value instanceof Ref) && !(value instanceof Name) ? (value as Dict)[key] : undefined;
        if (typeof text === "string") out += `${plain(text)}\n`;
      }
    }
    return out.trim() ? out : undefined;
  }

  #resolve(value: Value): Value {
    return value instanceof Ref ? this.#entries.get(value.number)?.value : value;
  }

  #get(value: Value, key: string): Value {
    const dict = this.#resolve(value);
    return typeof dict === "object" && dict && !Array.isArray(dict) ? this.#resolve((dict as Dict)[key]) : undefined;
  }

  #name(value: Value): string {
    return value instanceof Name ? value.name : "";
  }

  #inherited(page: Value, key: string): Value {
    let node = page;
    for (let depth = 0; depth < 30 && node; depth++) {
      const found = this.#get(node, key);
      if (found) return found;
      node = this.#get(node, "Parent");
    }
    return undefined;
  }

  #data(entry: Entry | undefined): string {
    if (entry?.stream === undefined) return "";
    const filter = this.#get(entry.value, "Filter");
    const filters = (Array.isArray(filter) ? filter : filter ? [filter] : []).map((item) => this.#name(this.#resolve(item)));
    let data = entry.stream;
    for (const name of filters) {
      if (name === "FlateDecode" || name === "Fl") data = inflate(data);
      else if (name === "ASCIIHexDecode" || name === "AHx") data = data.replace(/>[^]*$/, "").replace(/\s/g, "").replace(/../g, (hex) => String.fromCharCode(parseInt(hex, 16)));
      else if (name === "ASCII85Decode" || name === "A85") data = ascii85(data);
      else throw new Error("filter");
    }
    return data;
  }

  #font(font: Value): Decode | undefined {
    if (!this.#fonts.has(font)) {
      const entry = (value: Value): Entry | undefined => (value instanceof Ref ? this.#entries.get(value.number) : undefined);
      const unicode = entry((font as Dict)?.["ToUnicode"]);
      const encoding = this.#get(font, "Encoding");
      const differences = this.#get(encoding, "Differences");
      this.#fonts.set(font, decoderOf(this.#name(this.#get(font, "Subtype")) === "Type0", unicode && this.#data(unicode), Array.isArray(differences) ? differences : []));
    }
    return this.#fonts.get(font);
  }

  /** What a page's or a form's instructions write. */
  #run(code: string, resources: Value): string {
    const fonts = this.#get(resources, "Font");
    const forms = this.#get(resources, "XObject");
    const reader = lex(code, 0);
    let stack: Value[] = [];
    let decode: Decode | undefined;
    let out = "";
    const write = (text: Value): void => {
      if (typeof text !== "string" || !text) return;
      if (!decode) throw new Error("font");
      out += decode(text);
    };
    for (let token = reader.token(); token !== undefined; token = reader.token()) {
      if (!token.operator) {
        stack.push(token.value);
        continue;
      }
      const last = stack.at(-1);
      switch (token.operator) {
        case "Tf":
          decode = this.#font(this.#get(fonts, this.#name(stack[0])));
          break;
        case "Tj":
          write(last);
          break;
        case "'":
        case '"':
          out += "\n";
          write(last);
          break;
        case "TJ":
          for (const item of Array.isArray(last) ? last : []) {
            if (typeof item === "number") out += item < -180 ? " " : "";
            else write(item);
          }
          break;
        case "Td":
        case "TD":
          out += last === 0 ? " " : "\n";
          break;
        case "Tm":
        case "T*":
        case "ET":
          out += "\n";
          break;
        case "Do": {
          const ref = ((forms as Dict | undefined) ?? {})[this.#name(last)];
          const entry = ref instanceof Ref ? this.#entries.get(ref.number) : undefined;
          if (entry && this.#name(this.#get(entry.value, "Subtype")) === "Form" && ++this.#forms < MOST_FORMS) out += `\n${this.#run(this.#data(entry), this.#get(entry.value, "Resources") ?? resources)}\n`;
          break;
        }
        case "BI":
          reader.skipImage();
          break;
      }
      stack = [];
    }
    return out;
  }
}

const inflate = (data: string): string => latin1(unzlibSync(Uint8Array.from(data, (char) => char.charCodeAt(0))));

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return text;
}

function ascii85(data: string): string {
  let [out, group] = ["", [] as number[]];
  for (const char of data.replace(/~>[^]*$/, "").replace(/\s/g, "")) {
    if (char === "z" && !group.length) {
      out += "\0\0\0\0";
      continue;
    }
    group.push(char.charCodeAt(0) - 33);
    if (group.length < 5) continue;
    out += four(group, 4);
    group = [];
  }
  return group.length > 1 ? out + four([...group, 84, 84, 84, 84].slice(0, 5), group.length - 1) : out;
}

function four(group: readonly number[], count: number): string {
  const number = group.reduce((sum, digit) => sum * 85 + digit, 0);
  return String.fromCharCode((number >>> 24) & 255, (number >>> 16) & 255, (number >>> 8) & 255, number & 255).slice(0, count);
}

/** A text that stands outside of pages: UTF-16 with a mark, or Latin-1. */
function plain(text: string): string {
  if (!text.startsWith("\xfe\xff")) return text;
  return new TextDecoder("utf-16be").decode(Uint8Array.from(text.slice(2), (char) => char.charCodeAt(0)));
}
