// Packed bytes, unpacked only as far as a file may reasonably need: what a header says of its size is
// the file's own word, so the bytes that come out are counted.

import { Inflate } from "fflate";

/** Bytes that come out of the packer at a time stay few when little goes in. */
const STEP = 16_384;

/** How much may still be unpacked, or worked through. Throws when it is used up. */
export class Budget {
  constructor(private left: number) {}

  spend(amount: number): void {
    this.left -= amount;
    if (this.left < 0) throw new Error("much");
  }
}

/** Unpacks DEFLATE; throws where it is broken, ends too early or is more than the budget. */
export function inflate(packed: Uint8Array, budget: Budget): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const stream = new Inflate((piece) => {
    budget.spend(piece.length);
    size += piece.length;
    pieces.push(piece);
  });
  for (let at = 0; at < packed.length || at === 0; at += STEP) stream.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
  const out = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** A part of an archive. */
export interface Part {
  readonly name: string;
  readonly bytes: () => Uint8Array;
}

const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];

/** The parts of an archive, by its directory; throws where it is broken, encrypted or packed otherwise. */
export function archive(bytes: Uint8Array, budget: Budget): Part[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) throw new Error("archive");
  const parts: Part[] = [];
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count--) {
    if (view.getUint32(at, true) !== ENTRY) throw new Error("archive");
    const [flags, method, size, local] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
    const [nameLength, more, note] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    parts.push({
      name,
      bytes: () => {
        if (flags & 1 || (method !== 0 && method !== 8) || view.getUint32(local, true) !== LOCAL) throw new Error("archive");
        const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
        if (from + size > bytes.length) throw new Error("archive");
        const packed = bytes.subarray(from, from + size);
        if (method === 8) return inflate(packed, budget);
        budget.spend(packed.length);
        return packed;
      },
    });
    at += 46 + nameLength + more + note;
  }
  return parts;
}
