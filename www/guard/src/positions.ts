// Bytes to UTF-16. A record counts bytes of UTF-8; JavaScript counts code units.

/** Number of UTF-8 bytes of the character at `i`; 4 for one that takes two units. */
const width = (text: string, i: number): number => {
  const code = text.charCodeAt(i);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  // A lone surrogate is encoded as U+FFFD, which has three bytes too.
  return text.codePointAt(i)! > 0xffff ? 4 : 3;
};

/** Number of bytes that `TextEncoder` makes of a text. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const w = width(text, i);
    bytes += w;
    if (w === 4) i++;
  }
  return bytes;
}

/** Where bytes (counted from the text's first) stand in a text. */
export function positions(text: string, bytes: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  let [at, i] = [0, 0];
  for (const byte of [...bytes].sort((a, b) => a - b)) {
    while (at < byte && i < text.length) {
      const w = width(text, i);
      at += w;
      i += w === 4 ? 2 : 1;
    }
    found.set(byte, i);
  }
  return found;
}
