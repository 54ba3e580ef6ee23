// What can go wrong, as a product: a stable code, the place, what is wrong and the next step.
// To stay small, only the family of an error is said here; `@riegel/guard/words` and `riegel
// explain` say each code at length, the former in German too.
//
// Invariant: an error holds names, numbers and places, never content.

import type { Guard } from "./guard.js";

/** By the code's first digit, from 2 on; what other entries raise is refused. */
const TEXTS = ["module refused", "event refused", "decision failed", "", "unreadable"];

/** Something went wrong. Holds no content. */
export class RiegelError extends Error {
  override readonly name = "RiegelError";
  /** Where a module was refused: a guard that answers every event with the declared `on_error`. */
  declare guard: Guard | undefined;
  /** The next step. */
  readonly help: string;

  constructor(
    /** Stable code, such as `E2003`. */
    readonly code: string,
    /** Name, JSON pointer or section; empty where there is no place. */
    readonly place = "",
  ) {
    const help = `riegel explain ${code}`;
    super(`${code}: ${TEXTS[Number(code[1]) - 2] ?? "refused"}${place && ` (${place})`}; ${help}`);
    this.help = help;
  }
}

/** Throws a {@link RiegelError}. */
export const fail = (code: string, place?: string): never => {
  throw new RiegelError(code, place);
};
