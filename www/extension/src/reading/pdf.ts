// The text of a PDF, enough of it to decide: objects, object streams, Flate, the usual encodings and
// ToUnicode tables. pdf.js reads more, in 490 KB of the 600 the whole extension may have
// (docs/decisions/021-reading-files.md). What this cannot read for sure is `undefined`, not empty.

import { lex, Name, Ref, type Dict, type Value } from "./pdf-lex.js";
import { decoderOf, type Decode } from "./pdf-fonts.js";
import { Budget, inflate as unpack } from "./unpack.js";
import { utf } from "./text.js";

interface Entry {
  readonly value: Value;
  /** Raw bytes (Latin-1) of its stream. */
  readonly stream?: string;
  /** Where it stands: the later one of a number counts. */
  readonly at: number;
}

/** Forms, forms inside of forms, letters, bytes that are unpacked, letters of instructions that are gone through. */
const [MOST_FORMS, MOST_DEPTH, MOST_TEXT, MOST_BYTES, MOST_WORK] = [20_000, 50, 20_000_000, 30_000_000, 100_000_000];
/** Letters that no font explains, one in so many: more, and nobody knows what is written. */
const UNKNOWN = 10;

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
  readonly #unpacked = new Map<Entry, string>();
  readonly #bytes = new Budget(MOST_BYTES);
  readonly #work = new Budget(MOST_WORK);
  #forms = 0;
  /** This page shows a picture: without a word beside it, it is a scan. */
  #picture = false;

  constructor(file: string) {
    const begin = /(?:^|[\s>])(\d{1,8})\s+\d{1,5}\s+obj\b/g;
    for (let match = begin.exec(file); match; match = begin.exec(file)) {
      const at = match.index;
      const { value, end } = lex(file, begin.lastIndex).object();
      this.#work.spend(end - at);
      const head = /^\s*stream\r?\n?/.exec(file.slice(end, end + 64));
      if (!head) {
        this.#entries.set(Number(match[1]), { value, at });
        continue;
      }
      const from = end + head[0].length;
      const length = (value as Dict)?.["Length"];
      const said = typeof length === "number" && /^\s*endstream/.test(file.slice(from + length, from + length + 20)) ? from + length : -1;
      const to = said >= 0 ? said : file.indexOf("endstream", from);
      if (to < 0) break;
      this.#entries.set(Number(match[1]), { value, stream: file.slice(from, to), at });
      begin.lastIndex = to;
    }
    for (const entry of [...this.#entries.values()]) {
      const dict = entry.value as Dict;
      if (!(dict?.["Type"] instanceof Name) || dict["Type"].name !== "ObjStm") continue;
      const data = this.#data(entry);
      const first = Number(dict["First"]);
      const header = data.slice(0, first).trim().split(/\s+/).map(Number);
      for (let i = 0; i + 1 < header.length; i += 2) {
        const from = first + header[i + 1]!;
        const { value, end } = lex(data, from).object();
        this.#work.spend(end - from);
        if ((this.#entries.get(header[i]!)?.at ?? -1) < entry.at) this.#entries.set(header[i]!, { value, at: entry.at });
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
      const code = list.map((item) => (item instanceof Ref ? this.#needed(item) : "")).join("\n");
      this.#picture = false;
      const text = this.#run(code, this.#inherited(value, "Resources"));
      // A scan, whatever its title says.
      if (this.#picture && !text.trim()) return undefined;
      out += `${text}\n`;
      if (out.length > MOST_TEXT) throw new Error("long");
    }
    // Notes and the fields of forms are content too.
    for (const { value } of this.#entries.values()) {
      for (const key of ["Contents", "V", "TU", "Title", "Author", "Subject", "Keywords"]) {
        const text = typeof value === "object" && value && !Array.isArray(value) && !(value instanceof Ref) && !(value instanceof Name) ? (value as Dict)[key] : undefined;
        if (typeof text === "string") out += `${plain(text)}\n`;
      }
    }
    const letters = out.replace(/\s/g, "");
    if (letters.split("\ufffd").length - 1 > letters.length / UNKNOWN) return undefined;
    for (const entry of this.#entries.values()) if (this.#name(this.#get(entry.value, "Type")) === "EmbeddedFile") out += `${this.#attached(entry)}\n`;
    return out.trim() ? out : undefined;
  }

  /** What a page is made of; throws where it is not there. */
  #needed(ref: Ref): string {
    const entry = this.#entries.get(ref.number);
    if (entry?.stream === undefined) throw new Error("missing");
    return this.#data(entry);
  }

  /** A file inside of this one: text, such as an invoice's XML, or not to be read. */
  #attached(entry: Entry): string {
    const data = this.#data(entry);
    if (/[\0-\x08\x0e-\x1a]/.test(data.slice(0, 4096))) throw new Error("attachment");
    return utf(data);
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
    const known = this.#unpacked.get(entry);
    if (known !== undefined) return known;
    const filter = this.#get(entry.value, "Filter");
    const filters = (Array.isArray(filter) ? filter : filter ? [filter] : []).map((item) => this.#name(this.#resolve(item)));
    let data = entry.stream;
    for (const name of filters) {
      if (name === "FlateDecode" || name === "Fl") data = inflate(data, this.#bytes);
      else if (name === "ASCIIHexDecode" || name === "AHx") data = data.replace(/>[^]*$/, "").replace(/\s/g, "").replace(/../g, (hex) => String.fromCharCode(parseInt(hex, 16)));
      else if (name === "ASCII85Decode" || name === "A85") data = ascii85(data);
      else throw new Error("filter");
    }
    this.#unpacked.set(entry, data);
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
  #run(code: string, resources: Value, depth = 0): string {
    this.#work.spend(code.length);
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
          if (!entry || this.#name(this.#get(entry.value, "Subtype")) !== "Form") this.#picture = true;
          else if (++this.#forms > MOST_FORMS || depth > MOST_DEPTH) throw new Error("forms");
          else out += `\n${this.#run(this.#data(entry), this.#get(entry.value, "Resources") ?? resources, depth + 1)}\n`;
          if (out.length > MOST_TEXT) throw new Error("long");
          break;
        }
        case "BI":
          this.#picture = true;
          reader.skipImage();
          break;
      }
      stack = [];
    }
    return out;
  }
}

/** Two bytes say that it is zlib; what stands behind the packed bytes is a sum that writers often forget. */
const inflate = (data: string, budget: Budget): string => latin1(unpack(Uint8Array.from(data.slice(2), (char) => char.charCodeAt(0)), budget));

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
