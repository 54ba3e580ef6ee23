// Files on their way to a page: their bytes go to the background, which reads them.

import type { FileContent } from "../shared/messages.js";

/** Larger files go by name and type. */
const MOST = 25_000_000;

/** What was looked at: a copy of a file says the same of itself. */
const seen = new Set<string>();
const nameOf = ({ name, size, type, lastModified }: File): string => JSON.stringify([name, size, type, lastModified]);

/** These may go on. */
export function clear(files: readonly File[]): void {
  for (const file of files) seen.add(nameOf(file));
}

/** Was a file looked at, and may it go? */
export const isClear = (file: string): boolean => seen.has(file);

export async function read(file: File): Promise<FileContent> {
  const { name, size, type: mime } = file;
  return { name, mime, size, bytes: size > MOST ? "" : latin1(new Uint8Array(await file.arrayBuffer())) };
}

/** Bytes as a text, one character each: messages are JSON. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return text;
}
