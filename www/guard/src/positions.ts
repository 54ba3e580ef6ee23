// Bytes to UTF-16. A record counts bytes of UTF-8; JavaScript counts code units.

/** Where bytes (counted from the text's first) stand in a text. */
export function positions(text: string, bytes: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  let [at, i] = [0, 0];
  for (const byte of [...bytes].sort((a, b) => a - b)) {
    while (at < byte && i < text.length) {
      const code = text.codePointAt(i)!;
      // A lone surrogate is encoded as U+FFFD, which has three bytes as it would have itself.
      at += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      i += code < 0x10000 ? 1 : 2;
    }
    found.set(byte, i);
  }
  return found;
}
