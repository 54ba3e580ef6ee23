// E-mail (.eml): headers, and every part that is text. Attachments are read by their kind.

import { htmlText } from "./html.js";

const MOST_DEPTH = 8;

/** The text of a message (Latin-1 in); nothing where a part of it cannot be read. */
export async function mailText(message: string, read: (name: string, mime: string, bytes: string) => Promise<string | undefined>, depth = 0, headed = true): Promise<string | undefined> {
  const split = /\r?\n\r?\n/.exec(message);
  const head = (split ? message.slice(0, split.index) : message).replace(/\r?\n[ \t]+/g, " ");
  const body = split ? message.slice(split.index + split[0].length) : "";
  const header = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(head)?.[1] ?? "";
  const type = header("content-type") || "text/plain";
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  const shown = !headed ? "" : ["from", "to", "cc", "bcc", "reply-to", "subject"].map((name) => `${name}: ${encodedWords(header(name))}`).join("\n");
  if (boundary) {
    if (depth >= MOST_DEPTH) return undefined;
    const parts = await Promise.all(body.split(`--${boundary}`).slice(1).filter((part) => !part.startsWith("--")).map((part) => mailText(part.replace(/^\r?\n/, ""), read, depth + 1, false)));
    return parts.includes(undefined) ? undefined : [shown, ...parts].join("\n");
  }
  const bytes = decoded(body, header("content-transfer-encoding"));
  if (bytes === undefined) return undefined;
  const name = encodedWords(/name\*?="?([^";]+)"?/i.exec(`${header("content-disposition")};${type}`)?.[1] ?? "");
  if (/^text\/html/i.test(type)) return `${shown}\n${htmlText(inCharset(bytes, type))}`;
  if (/^text\//i.test(type)) return `${shown}\n${inCharset(bytes, type)}`;
  // A message inside of this one has people and a subject of its own.
  if (/^message\/rfc822/i.test(type)) return depth < MOST_DEPTH ? mailText(bytes, read, depth + 1) : undefined;
  // Pictures and signatures hold no text that a policy could read.
  if (/^(image|application\/(pgp-signature|pkcs7-signature|x-pkcs7-signature))/i.test(type)) return shown;
  return read(name, type.split(";")[0]!.trim(), bytes);
}

function decoded(body: string, encoding: string): string | undefined {
  try {
    if (/base64/i.test(encoding)) return atob(body.replace(/[^A-Za-z\d+/=]/g, ""));
  } catch {
    return undefined;
  }
  if (/quoted-printable/i.test(encoding)) return body.replace(/=\r?\n/g, "").replace(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return body;
}

function inCharset(bytes: string, type: string): string {
  const charset = /charset="?([^";\s]+)"?/i.exec(type)?.[1] ?? "utf-8";
  const data = Uint8Array.from(bytes, (char) => char.charCodeAt(0) & 255);
  try {
    return new TextDecoder(charset).decode(data);
  } catch {
    return new TextDecoder().decode(data);
  }
}

/** `=?utf-8?q?…?=` in a header. */
const encodedWords = (text: string): string =>
  text.replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (whole, charset: string, kind: string, word: string) => {
    const bytes = kind.toLowerCase() === "b" ? decoded(word, "base64") : decoded(word.replace(/_/g, " "), "quoted-printable");
    return bytes === undefined ? whole : inCharset(bytes, `charset=${charset}`);
  });
