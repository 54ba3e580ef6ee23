// What is written in a file: text kinds, e-mail, office documents, PDF. What cannot be read is said to
// be unreadable, never empty.

import type { FileContent } from "../shared/messages.js";
import { htmlText } from "./html.js";

const TEXT = /^(text\/|application\/(json|xml|x-ndjson|yaml|x-yaml|toml|sql|rtf|javascript|x-sh))|\+(json|xml)$/;
const NAMES = /\.(txt|csv|tsv|json|jsonl|ndjson|md|markdown|xml|ya?ml|toml|ini|env|log|sql|py|js|mjs|ts|tsx|jsx|java|kt|c|h|cc|cpp|hpp|cs|go|rs|rb|php|pl|sh|ps1|bat|tex|srt|vtt|ics|vcf|conf|cfg|properties|pem|key|crt)$/i;

/** The text of a file; nothing where it cannot be read. */
export async function textsOf({ name, mime, size, bytes }: FileContent): Promise<string | undefined> {
  if (size > 0 && !bytes) return undefined;
  if (/\.html?$/i.test(name) || mime === "text/html") return htmlText(utf(bytes));
  if (TEXT.test(mime) || NAMES.test(name) || /\.eml$/i.test(name)) return utf(bytes);
  return undefined;
}

/** Bytes (Latin-1) as text: UTF-16 where a mark says so, UTF-8 where that fits, else Latin-1. */
export function utf(latin1: string): string {
  const bytes = Uint8Array.from(latin1, (char) => char.charCodeAt(0));
  const mark = latin1.slice(0, 2);
  if (mark === "\xff\xfe" || mark === "\xfe\xff") return new TextDecoder(mark === "\xff\xfe" ? "utf-16le" : "utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
