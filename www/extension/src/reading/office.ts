// Office documents are archives of XML: words, cells, slides, comments, headers, properties, where
// links lead, and the office documents inside of them.
//
// No pattern here looks further than its own tag: a broken file would take hours otherwise.

import { entities } from "./html.js";
import { archive, Budget, type Part } from "./unpack.js";

/** Together, once unpacked: an archive can pretend to be small. */
const MOST = 60_000_000;
const MOST_DEPTH = 3;
const PARTS = /^(?:(?:word|xl|ppt|docProps)\/.*|content|meta|styles)\.xml$/;
const LINKS = /^(?:word|xl|ppt)\/.*\.rels$/;
const EMBEDDED = /^(?:word|xl|ppt)\/embeddings\/./;

/** The text of DOCX, XLSX, PPTX, ODT, ODS, ODP; nothing where it cannot be read. */
export function officeText(bytes: Uint8Array): string | undefined {
  try {
    return read(bytes, new Budget(MOST), 0);
  } catch {
    return undefined;
  }
}

function read(bytes: Uint8Array, budget: Budget, depth: number): string {
  const parts = archive(bytes, budget);
  const decoder = new TextDecoder();
  const text = ({ bytes }: Part): string => decoder.decode(bytes());
  const all = new Map(parts.filter(({ name }) => PARTS.test(name)).map((part) => [part.name, text(part)]));
  if (!all.size || depth > MOST_DEPTH) throw new Error("no document");
  const shared = stringsOf(all.get("xl/sharedStrings.xml") ?? "");
  return [
    ...[...all].map(([name, xml]) => (name.startsWith("xl/worksheets/") ? cells(xml, shared) : words(xml))),
    ...parts.filter(({ name }) => LINKS.test(name)).map((part) => links(text(part))),
    // What is in there cannot be left out, and is no document if this throws.
    ...parts.filter(({ name }) => EMBEDDED.test(name)).map((part) => read(part.bytes(), budget, depth + 1)),
  ].join("\n");
}

/** What is written, a line per paragraph, cells apart by tabs; then what stands in attributes for people. */
function words(xml: string): string {
  const said = [...xml.matchAll(/\s(?:descr|title|tooltip|display|prompt)="([^"<]*)"/g)].map(([, text]) => text!);
  const written = xml
    .replace(/<(?:w:tab|a:tab|text:tab)\b[^<>]*\/>/g, "\t")
    .replace(/<(?:w:br|a:br|text:line-break)\b[^<>]*\/>/g, "\n")
    .replace(/<\/(?:\w+:)?(?:p|h|si|v|comment)>|<\/(?:dc|cp):\w+>/g, "\n")
    .replace(/<\/(?:w:tc|table:table-cell)>/g, "\t")
    .replace(/<text:s\b[^<>]*\/>/g, " ")
    .replace(/<[^<>]*>/g, "");
  return entities(said.length ? `${written}\n${said.join("\n")}` : written);
}

/** Where links lead: people are written to by them. */
const links = (xml: string): string => entities([...xml.matchAll(/\sTarget="([^"<]*:[^"<]*)"/g)].map(([, target]) => target!).join("\n"));

/** What stands before the first end of a tag, without tags. */
function inner(xml: string, name: string): string {
  const end = xml.search(new RegExp(`</(?:\\w+:)?${name}>`));
  return end < 0 ? xml : xml.slice(0, end);
}
const bare = (xml: string): string => entities(xml.replace(/<[^<>]*>/g, ""));

/** The words that cells point to; how they are spoken is left out. */
const stringsOf = (xml: string): string[] =>
  xml
    .split(/<(?:\w+:)?si\b[^<>]*>/)
    .slice(1)
    .map((si) => {
      const [first = "", ...spoken] = inner(si, "si").split(/<(?:\w+:)?rPh\b/);
      return bare(first + spoken.map((piece) => piece.slice(inner(piece, "rPh").length)).join(""));
    });

/** The rows of a sheet, with the words that they point to: numbers count in their columns. */
function cells(xml: string, strings: readonly string[]): string {
  const [head = "", ...rows] = xml.split(/<(?:\w+:)?row\b[^<>]*>/);
  const rest = (rows.at(-1) ?? head).split(/<\/(?:\w+:)?sheetData>/)[1] ?? "";
  const lines = rows.map((row) =>
    inner(row, "row")
      .split(/<(?:\w+:)?c\b/)
      .slice(1)
      .map((cell) => {
        const [attributes = ""] = /^[^<>]*/.exec(cell) ?? [];
        if (attributes.endsWith("/")) return "";
        const content = inner(cell.slice(attributes.length + 1), "c");
        const value = /<(?:\w+:)?v>([^<]*)</.exec(content)?.[1];
        if (/\bt="s"/.test(attributes)) return strings[Number(value)] ?? "";
        return value !== undefined ? entities(value) : bare(content);
      })
      .join("\t"),
  );
  // Headers, footers, hints of fields: they stand outside of the rows.
  return [...lines, words(head), words(rest)].join("\n");
}
