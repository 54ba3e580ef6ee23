// Texts of a frame: behind each other, equal ones once.

/** For all texts that go into a module. */
export const encoder = new TextEncoder();

/** The frame is larger than the room that was made for it. */
export const NO_ROOM = Symbol();

/** Writes texts behind a frame's fixed part. */
export class Heap {
  /** Of the text that was written last. */
  length = 0;
  end = 0;
  private base = 0;
  private limit = 0;
  private bytes!: Uint8Array<ArrayBuffer>;
  private readonly known = new Map<string | Uint8Array, readonly [place: number, length: number]>();

  /** From `at` on and up to `limit`; offsets count from `base`. */
  begin(bytes: Uint8Array<ArrayBuffer>, base: number, at: number, limit: number): void {
    this.bytes = bytes;
    this.base = base;
    this.end = at;
    this.limit = limit;
    if (this.known.size) this.known.clear();
  }

  /** Gives the text's offset, and its length aside. */
  text(value: string | Uint8Array): number {
    let known = this.known.get(value);
    if (!known) {
      if (this.end + value.length * 3 > this.limit) throw NO_ROOM;
      const room = this.bytes.subarray(this.end);
      known = [this.end - this.base, typeof value === "string" ? encoder.encodeInto(value, room).written : (room.set(value), value.length)];
      this.known.set(value, known);
      this.end += known[1];
    }
    this.length = known[1];
    return known[0];
  }

  /** Writes a list of texts; gives its offset. */
  list(values: readonly (string | Uint8Array)[]): number {
    const list = this.end;
    const view = new DataView(this.bytes.buffer, list);
    this.end += values.length * 8;
    if (this.end > this.limit) throw NO_ROOM;
    values.forEach((value, i) => {
      view.setUint32(i * 8, this.text(value), true);
      view.setUint32(i * 8 + 4, this.length, true);
    });
    return list - this.base;
  }
}
