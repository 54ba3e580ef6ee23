// Bytes as the text that they are.

/** UTF-16 without a mark: every other byte of most letters is nothing. */
function wide(latin1: string): "utf-16le" | "utf-16be" | undefined {
  const [even, odd] = [0, 0].map((_, from) => {
    let count = 0;
    for (let at = from; at < Math.min(latin1.length, 4096); at += 2) if (latin1[at] === "\0") count++;
    return count;
  }) as [number, number];
  const enough = Math.min(latin1.length, 4096) / 8;
  return odd > enough && odd > even ? "utf-16le" : even > enough ? "utf-16be" : undefined;
}

/** Bytes (Latin-1) as text: UTF-16 where a mark says so or its empty bytes do, UTF-8 where that fits, else Latin-1. */
export function utf(latin1: string): string {
  const bytes = Uint8Array.from(latin1, (char) => char.charCodeAt(0));
  const mark = latin1.slice(0, 2);
  if (mark === "\xff\xfe" || mark === "\xfe\xff") return new TextDecoder(mark === "\xff\xfe" ? "utf-16le" : "utf-16be").decode(bytes);
  const unmarked = wide(latin1);
  if (unmarked) return new TextDecoder(unmarked).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
