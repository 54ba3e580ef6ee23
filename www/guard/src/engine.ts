// One module at work: an instance, its memory, and the records that came out of it.
//
// An instance serves any number of decisions, and nothing of one is visible in the next. One that
// failed is thrown away.

import { configFrame, digestOf, type Params } from "./config.js";
import { fail, RiegelError } from "./error.js";
import { NO_ROOM } from "./heap.js";
import { type Anatomy, type Calls, type Limits } from "./module.js";
import { reader, unhex, type Reading } from "./record.js";

/** Room for a frame, and for content; more is made where it is needed. */
const FRAME_ROOM = 1 << 14;
const TEXT_ROOM = 1 << 14;
const MOST_FRAME = (1 << 24) - 32;

/** Where things lie in the memory. */
export interface Room {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  /** Where the frame begins, and where it must end. */
  readonly frame: number;
  readonly limit: number;
}

/** Asks a module. */
export interface Engine {
  /** Lets `write` put a frame and up to `text` bytes of content; gives the record. */
  readonly ask: (text: number, write: (room: Room) => readonly [frame: number, text: number, parts: readonly number[]]) => Reading;
  /** The same for bytes. */
  readonly askBytes: (frame: Uint8Array, content: Uint8Array) => Reading;
  readonly configure: (params: Params) => void;
  /** What happened, as an error. Nothing of an event stays in memory. */
  readonly stopped: (error: unknown) => RiegelError;
}

/** Content lies at the first multiple of 16 behind the frame. */
export const contentAt = (frame: number, length: number): number => (frame + length + 15) & ~15;

export function engine({ module, policy, schema, selftest }: Anatomy, { memoryBytes }: Limits): Engine {
  const read = reader(policy, schema.slots.length);
  const build = [...new Uint32Array(unhex(policy.build).buffer)];
  let config: Uint8Array<ArrayBuffer> | undefined;
  let origin = [...build, 0, 0];
  let calls: Calls | undefined;
  let room: Room;
  /** What `reserve` was asked for. */
  let [frameRoom, textRoom] = [0, 0];

  const look = (frame: number): void => {
    const buffer = calls!.memory.buffer as ArrayBuffer;
    room = { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer), frame, limit: frame + frameRoom };
  };

  /** Makes room for a frame and content. */
  const reserve = (frame: number, text: number): void => {
    [frameRoom, textRoom] = [frame, text];
    const at = calls!.reserve(frame + 16, text) >>> 0;
    look(at);
    if (at === 0 || at & 15 || at + frame + text > room.bytes.length) fail("E4003");
  };

  const fresh = (): void => {
    calls = new WebAssembly.Instance(module).exports as unknown as Calls;
    frameRoom = 0;
    if (config) {
      reserve(config.length, 0);
      room.bytes.set(config, room.frame);
      if (calls.configure(config.length)) fail("E4101");
      frameRoom = 0;
    }
  };

  const ask: Engine["ask"] = (most, write) => {
    for (let more = FRAME_ROOM; ; more = Math.min(more * 32, MOST_FRAME)) {
      if (!calls) fresh();
      if (more > frameRoom || most > textRoom) reserve(Math.max(more, frameRoom), Math.max(most, TEXT_ROOM));
      let written;
      try {
        written = write(room);
      } catch (error) {
        if (error === NO_ROOM && more < MOST_FRAME) continue;
        throw error;
      }
      const [frame, text, parts] = written;
      const record = calls!.decide(frame, text) >>> 0;
      if (!room.words.length) look(room.frame);
      const { words } = room;
      const reading = read(words, record / 4, origin, parts);
      if (words.length * 4 > memoryBytes) calls = undefined;
      return reading;
    }
  };

  const stopped: Engine["stopped"] = (error) => {
    if (calls) new Uint8Array(calls.memory.buffer).fill(0);
    calls = undefined;
    return error instanceof RiegelError ? error : new RiegelError(error instanceof RangeError || error === NO_ROOM ? "E4003" : "E4001");
  };

  const askBytes: Engine["askBytes"] = (frame, content) => {
    try {
      return ask(content.length, ({ bytes, frame: at }) => {
        if (frame.length > frameRoom) throw NO_ROOM;
        bytes.set(frame, at);
        bytes.set(content, contentAt(at, frame.length));
        const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
        const parts: number[] = [];
        for (let at = 24 + 8 * schema.slots.length, n = frame.length < 24 ? 0 : view.getUint32(12, true); n > 0 && at + 12 <= frame.length; at += 12, n--) {
          parts.push(view.getUint32(at, true), view.getUint32(at + 4, true));
        }
        return [frame.length, content.length, parts];
      });
    } catch (error) {
      throw stopped(error);
    }
  };

  for (const { name, frame, text, record } of selftest.vectors) {
    let same = false;
    try {
      const { words } = askBytes(unhex(frame), unhex(text));
      same = words.join() === new Uint32Array(unhex(record).buffer).join();
    } catch {
      // Said below.
    }
    if (!same) fail("E2011", name);
  }

  return {
    ask,
    askBytes,
    stopped,
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
