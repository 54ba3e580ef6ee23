// What is written in a file: text kinds, e-mail, office documents, PDF. What cannot be read is said to
// be unreadable, never empty.

import type { FileContent } from "../shared/messages.js";
import { htmlText } from "./html.js";
import { mailText } from "./mail.js";
import { officeText } from "./office.js";
import { pdfText } from "./pdf.js";
import { utf } from "./text.js";

const TEXT = /^(text\/|application\/(json|xml|x-ndjson|yaml|x-yaml|toml|sql|rtf|javascript|x-sh))|\+(json|xml)$/;
const NAMES = /\.(txt|csv|tsv|json|jsonl|ndjson|md|markdown|xml|ya?ml|toml|ini|env|log|sql|py|js|mjs|ts|tsx|jsx|java|kt|c|h|cc|cpp|hpp|cs|go|rs|rb|php|pl|sh|ps1|bat|tex|srt|vtt|ics|vcf|conf|cfg|properties|pem|key|crt)$/i;

const ARCHIVE = "PK\x03\x04";
/** Pictures, sound and film hold no text that could be read here; they are judged by name and type. */
const NO_TEXT = /^(image|audio|video|font)\//;

/** The text of a file; nothing where it cannot be read. */
export async function textsOf({ name, mime, size, bytes }: FileContent): Promise<string | undefined> {
  if (size > 0 && !bytes) return undefined;
  return textIn(name, mime, bytes);
}

async function textIn(name: string, mime: string, bytes: string): Promise<string | undefined> {
  // What a file is, its first bytes say better than its name.
  if (bytes.startsWith(ARCHIVE)) return officeText(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  if (bytes.slice(0, 1024).includes("%PDF-")) return pdfText(bytes);
  if (/\.eml$/i.test(name) || mime === "message/rfc822") return mailText(bytes, textIn);
  if (/\.html?$/i.test(name) || mime === "text/html") return htmlText(utf(bytes));
  if (mime.startsWith("image/svg")) return htmlText(utf(bytes));
  if (TEXT.test(mime) || NAMES.test(name)) return utf(bytes);
  // What looks like text is read as text, whatever it is called: systems take `.ts` for a film.
  if (!/[\0-\x08\x0e-\x1a]/.test(bytes.slice(0, 4096))) return utf(bytes);
  return NO_TEXT.test(mime) ? "" : undefined;
}
