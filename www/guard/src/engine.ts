// One module at work: an instance, its memory, and the records that came out of it.
//
// An instance serves any number of decisions, and nothing of one is visible in the next. One that
// failed is thrown away.

import { configFrame, digestOf, type Params } from "./config.js";
import { fail, RiegelError } from "./error.js";
import { contentOf, DIRECTIONS, ROLES, type RiegelEvent } from "./event.js";
import { frameWriter } from "./frame.js";
import { encoder, NO_ROOM } from "./heap.js";
import type { Anatomy, Calls, Limits } from "./module.js";
import { reader, unhex, type Reading } from "./record.js";

/** Room for a frame, and for content; more is made where it is needed. */
const ROOM = 1 << 14;
const MOST_FRAME = (1 << 24) - 32;
/** Content gets room for the worst case up to this many bytes; beyond, it is measured. */
const MEASURED = 1 << 18;


/** What was decided, about which texts. */
export type Decided = readonly [reading: Reading, texts: readonly string[]];

/** Asks a module. */
export interface Engine {
  readonly decide: (event: RiegelEvent) => Decided;
  /** The same for bytes. */
  readonly ask: (frame: Uint8Array, content: Uint8Array) => Reading;
  readonly configure: (params: Params) => void;
  /** What happened, as an error. Nothing of an event stays in memory. */
  readonly stopped: (error: unknown) => RiegelError;
  /** The day in the policy's time zone, where there is one. */
  readonly now: () => number | undefined;
}

export function engine({ module, policy, schema, selftest }: Anatomy, { memoryBytes, contentBytes }: Limits): Engine {
  const slots = schema.slots.length;
  const read = reader(policy, slots);
  const writer = frameWriter(schema);
  const build = [...new Uint32Array(unhex(policy.build).buffer)];
  let config: Uint8Array<ArrayBuffer> | undefined;
  let origin = [...build, 0, 0];
  let calls: Calls | undefined;
  let bytes: Uint8Array<ArrayBuffer>;
  let words: Uint32Array<ArrayBuffer>;
  /** Where the frame lies, and what `reserve` was asked for. */
  let [place, frameRoom, textRoom] = [0, 0, 0];

  /** Memory that grew has another buffer. */
  const look = (): void => {
    bytes = new Uint8Array(calls!.memory.buffer as ArrayBuffer);
    words = new Uint32Array(bytes.buffer);
  };

  const reserve = (frame: number, text: number): void => {
    [frameRoom, textRoom] = [frame, text];
    place = calls!.reserve(frame + 16, text) >>> 0;
    look();
    if (!place || place & 15 || place + frame + text > bytes.length) fail("E4003");
  };

  const fresh = (): void => {
    calls = new WebAssembly.Instance(module).exports as unknown as Calls;
    if (config) {
      reserve(config.length, 0);
      bytes.set(config, place);
      if (calls.configure(config.length)) fail("E4101");
    }
    frameRoom = 0;
  };

  /** `write` puts a frame and up to `most` bytes of content, and gives both lengths. */
  const run = (most: number, write: () => readonly [frame: number, text: number]): Reading => {
    for (let room = ROOM; ; room = Math.min(room * 32, MOST_FRAME)) {
      if (!calls) fresh();
      if (room > frameRoom || most > textRoom) reserve(Math.max(room, frameRoom), Math.max(most, ROOM));
      try {
        const [frame, text] = write();
        // The module takes the frame away: what must be known of it is read before.
        const start = place >> 2;
        const parts: number[] = [];
        const count = Math.min(words[start + 3]!, ((frame >> 2) - 6 - 2 * slots) / 3);
        for (let i = 0, at = start + 6 + 2 * slots; i < count; i++, at += 3) parts.push(words[at]!, words[at + 1]!);
        const record = calls!.decide(frame, text) >>> 0;
        if (!words.length) look();
        const reading = read(words, record / 4, origin, parts);
        if (bytes.length > memoryBytes) calls = undefined;
        return reading;
      } catch (error) {
        if (error !== NO_ROOM || room >= MOST_FRAME) throw error;
      }
    }
  };

  /** Content lies at the first multiple of 16 behind the frame. */
  const contentAt = (frame: number): number => (place + frame + 15) & ~15;

  const stopped: Engine["stopped"] = (error) => {
    if (calls) new Uint8Array(calls.memory.buffer).fill(0);
    calls = undefined;
    return error instanceof RiegelError ? error : new RiegelError(error instanceof RangeError || error === NO_ROOM ? "E4003" : "E4001");
  };

  const ask: Engine["ask"] = (frame, content) => {
    try {
      return run(content.length, () => {
        if (frame.length > frameRoom) throw NO_ROOM;
        bytes.set(frame, place);
        bytes.set(content, contentAt(frame.length));
        return [frame.length, content.length];
      });
    } catch (error) {
      throw stopped(error);
    }
  };

  for (const { name, frame, text, record } of selftest.vectors) {
    let said = "";
    try {
      said = ask(unhex(frame), unhex(text)).words.join();
    } catch {
      // Said below.
    }
    if (said !== new Uint32Array(unhex(record).buffer).join()) fail("E2011", name);
  }

  return {
    ask,
    stopped,
    now: writer.now,
    decide(event) {
      if (typeof event !== "object" || !event || Array.isArray(event)) fail("E3001");
      const content = contentOf(event) ?? [];
      const texts = typeof content === "string" ? [content] : textsOf(content);
      let most = 0;
      for (const text of texts) most += text.length * 3;
      if (most > MEASURED || most > contentBytes) most = texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
      if (most > contentBytes) fail("E4006");
      return [
        run(most, () => {
          const frame = writer.write(bytes, words, place, place + frameRoom, event, texts.length);
          let at = (place >> 2) + 6 + 2 * slots;
          let end = 0;
          for (let i = 0; i < texts.length; i++) {
            const { written } = encoder.encodeInto(texts[i]!, bytes.subarray(contentAt(frame) + end));
            words[at++] = end;
            words[at++] = written;
            words[at++] = typeof content === "string" ? 1 : codesOf((content as unknown[])[i], i);
            end += written;
          }
          writer.measured(end);
          return [frame, end];
        }),
        texts,
      ];
    },
    configure(params) {
      const before = [config, origin] as const;
      try {
        config = Object.keys(params).length ? configFrame(schema, params) : undefined;
        origin = [...build, ...(config ? digestOf(config) : [0, 0])];
        fresh();
      } catch (error) {
        [config, origin] = before;
        calls = undefined;
        throw error;
      }
    },
  };
}

function textsOf(content: unknown): string[] {
  if (!Array.isArray(content)) fail("E3005", "/content");
  return (content as unknown[]).map((part, i) => {
    const text = typeof part === "string" ? part : (part as { text?: unknown } | null)?.text;
    return typeof text === "string" ? text : fail("E3005", `/content/${i}`);
  });
}

/** Role and direction of a part, as the frame has them. */
function codesOf(part: unknown, i: number): number {
  if (typeof part === "string") return 1;
  const { role, direction, text, ...others } = part as Record<string, unknown>;
  const [first, second] = [ROLES.indexOf((role ?? "user") as string), DIRECTIONS.indexOf((direction ?? "outbound") as string)] as const;
  return first < 0 || second < 0 || Object.keys(others).length ? fail("E3005", `/content/${i}`) : first | (second << 8);
}
