// Office documents are archives of XML: words, cells, slides, comments, headers, properties.

import { unzipSync } from "fflate";
import { entities } from "./html.js";

/** Together, once unpacked: an archive can pretend to be small. */
const MOST = 60_000_000;
const PARTS = /^(word|xl|ppt|docProps|content\.xml|meta\.xml|styles\.xml)/;
const NESTED = /\.(zip|docx|xlsx|pptx|bin|rels)$|\/media\/|vbaProject/i;

/** The text of DOCX, XLSX, PPTX, ODT, ODS, ODP; nothing where it cannot be read. */
export function officeText(bytes: Uint8Array): string | undefined {
  try {
    let size = 0;
    let tooMuch = false;
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!PARTS.test(name) || !name.endsWith(".xml") || NESTED.test(name)) return false;
        size += originalSize;
        tooMuch ||= size > MOST;
        return !tooMuch;
      },
    });
    if (tooMuch || !Object.keys(files).length) return undefined;
    const decoder = new TextDecoder();
    const all = new Map(Object.entries(files).map(([name, data]) => [name, decoder.decode(data)]));
    return [...all].map(([name, xml]) => (name.startsWith("xl/worksheets/") ? cells(xml, all.get("xl/sharedStrings.xml")) : words(xml))).join("\n");
  } catch {
    return undefined;
  }
}

/** What is written, a line per paragraph, cells apart by tabs. */
const words = (xml: string): string =>
  entities(
    xml
      .replace(/<(?:w:tab|a:tab|text:tab)\b[^>]*\/>/g, "\t")
      .replace(/<(?:w:br|a:br|text:line-break)\b[^>]*\/>/g, "\n")
      .replace(/<\/(?:w:p|a:p|text:p|text:h|si|c:v|dc:\w+|cp:\w+|comment)>/g, "\n")
      .replace(/<\/(?:w:tc|table:table-cell)>/g, "\t")
      .replace(/<text:s\b[^>]*\/>/g, " ")
      .replace(/<[^>]*>/g, ""),
  );

/** The rows of a sheet, with the words that they point to: numbers count in their columns. */
function cells(xml: string, shared = ""): string {
  const strings = [...shared.matchAll(/<si\b[^>]*>([^]*?)<\/si>/g)].map(([, si]) => entities(si!.replace(/<rPh\b[^]*?<\/rPh>/g, "").replace(/<[^>]*>/g, "")));
  return [...xml.matchAll(/<row\b[^>]*>([^]*?)<\/row>/g)]
    .map(([, row]) =>
      [...row!.matchAll(/<c\b([^>]*)>([^]*?)<\/c>/g)]
        .map(([, attributes, inner]) => {
          const value = /<v>([^<]*)<\/v>/.exec(inner!)?.[1];
          if (/\bt="s"/.test(attributes!)) return strings[Number(value)] ?? "";
          return value !== undefined ? entities(value) : entities(inner!.replace(/<[^>]*>/g, ""));
        })
        .join("\t"),
    )
    .join("\n");
}
