// What can go wrong, as a product: a stable code, what is wrong, the next step and the place.
// Codes are those of `riegel explain`, which says more; `@riegel/guard/words` has the same at
// length, in German too.
//
// Invariant: an error holds names, numbers and places, never content.

import type { Guard } from "./guard.js";

const TEXTS: Record<string, string> = {
  E2001: "module too large: raise `limits.moduleBytes`",
  E2002: "module without digest: build it again",
  E2003: "module damaged: fetch or build it again",
  E2005: "module with imports: load modules of `riegel build` only",
  E2006: "export missing: load modules of `riegel build` only",
  E2007: "section unreadable: update this package, or build again",
  E2008: "another ABI version: update this package, or build again",
  E2009: "module may cost too much: raise `limits`, or shorten patterns",
  E2010: "module cannot be compiled: build it again",
  E2011: "module fails its self-test: do not use it here",
  E2012: "WebAssembly (SIMD) or WebCrypto missing or forbidden: current browser, https, 'wasm-unsafe-eval'",
  E3001: "event is no object: write `{ action, content }`",
  E3002: "unknown attribute: see `guard.schema`",
  E3003: "wrong type: see `guard.schema`",
  E3004: "not a host name: write `chat.example.com` alone",
  E3005: "content unusable: write a text, or parts `{ role, direction, text }`",
  E3006: "given twice: keep one",
  E3008: "not a date: write `2027-01-31`",
  E4001: "module stopped: please report it",
  E4003: "not enough memory: split the content",
  E4004: "record malformed: please report it",
  E4006: "content too long: split it, or raise `limits.contentBytes`",
  E4101: "parameter refused: see `guard.schema`",
  E6001: "unreadable: check the address",
  E6006: "unknown time zone: say `today` in the event",
};

/** Something went wrong. Holds no content. */
export class RiegelError extends Error {
  override readonly name = "RiegelError";
  /** Where a module was refused: a guard that answers every event with the declared `on_error`. */
  declare guard: Guard | undefined;
  /** The next step. */
  readonly help: string;

  constructor(
    /** Stable code, such as `E2003`; `riegel explain E2003` says more. */
    readonly code: string,
    /** Name, JSON pointer or section; empty where there is no place. */
    readonly place = "",
    text = TEXTS[code] ?? "",
  ) {
    super(`${code} ${text}${place && ` (${place})`}`);
    this.help = text.replace(/.*?: /, "");
  }
}

/** Throws a {@link RiegelError}. */
export const fail = (code: string, place?: string): never => {
  throw new RiegelError(code, place);
};
