// The compiler: what wasm-bindgen made, the module, and the library. Nobody loads this but `index.ts`,
// and only when something is asked.
//
// Both are packed (the module with LZMA, here; the library with PPMd, by the module) and written as text:
// that is a quarter less than gzip makes of them, and every bundler, page and runtime can import it
// without knowing about files.

import { Decoder } from "lzma1/decoder";
import { InputBuffer, OutputBuffer } from "lzma1/streams";
import * as raw from "./riegel.js";

export type Core = typeof raw;

/** Where parts come from that should not come out of this package. */
export interface Loading {
  /** The library, packed or not, as `riegel playground` serves it. */
  readonly library?: Uint8Array | Promise<Uint8Array>;
}

/** Unpacks and starts the compiler. */
export async function start({ library }: Loading): Promise<Core> {
  const packed = async (): Promise<Uint8Array> => bytes((await import("./packed-library.js")).default);
  const [module, texts] = await Promise.all([import("./packed-module.js").then(({ default: text }) => unpack(text)), library ?? packed()]);
  raw.initSync({ module });
  raw.loadLibrary(texts);
  return raw;
}

const bytes = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

function unpack(text: string): Uint8Array<ArrayBuffer> {
  const packed = bytes(text);
  const out = new OutputBuffer(packed.length * 4);
  new Decoder().decompress(new InputBuffer(packed), out);
  return new Uint8Array(out.toArray());
}
