// Files on their way to a page: their bytes go to the background, which reads them.

import type { FileContent } from "../shared/messages.js";

/** Larger files go by name and type. */
const MOST = 25_000_000;

/** Its bytes as a text, one character each: messages are JSON. */
export function read(file: File): Promise<FileContent> {
  const { name, size, type: mime } = file;
  if (size > MOST) return Promise.resolve({ name, mime, size, bytes: "" });
  // In Firefox the promise of `file.arrayBuffer()` would be the page's.
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name, mime, size, bytes: reader.result as string });
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsBinaryString(file);
  });
}
