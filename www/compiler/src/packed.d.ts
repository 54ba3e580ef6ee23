// Made by scripts/build.mjs.
declare module "*/packed-module.js" {
  const text: string;
  export default text;
}
declare module "*/packed-library.js" {
  const text: string;
  export default text;
}
// The two files of the package that unpack; its other half, which packs, stays out.
declare module "lzma1/decoder" {
  import type { InputBuffer, OutputBuffer } from "lzma1/streams";
  export class Decoder {
    decompress(input: InputBuffer, output: OutputBuffer): void;
  }
}
declare module "lzma1/streams" {
  export class InputBuffer {
    constructor(bytes: Uint8Array);
  }
  export class OutputBuffer {
    constructor(size: number);
    toArray(): Uint8Array;
  }
}
