// Checks who signed a policy. The signature's form is that of `riegel sign`.

import { RiegelError } from "@riegel/guard";

/** A module whose signature holds, and its place in the order of versions. */
export interface Signed {
  readonly module: ArrayBuffer;
  readonly order: number;
}

/** Checks the signature; throws a `RiegelError`. */
export async function verify(_bytes: ArrayBuffer, _key: string): Promise<Signed> {
  throw new RiegelError("E2101");
}
