import { readFileSync } from "node:fs";
import { join } from "node:path";
import { modules, root } from "../scripts/paths.mjs";

export const module = (name) => new Uint8Array(readFileSync(join(modules, `${name}.wasm`)));
export const event = (name) => JSON.parse(readFileSync(join(root, `policies/examples/${name}.json`), "utf8"));
export const vectors = (name) => JSON.parse(readFileSync(join(root, `tests/vectors/${name}.json`), "utf8")).vectors;
/** What `riegel sign` and `riegel trust` made. */
export const signed = (name) => new Uint8Array(readFileSync(join(modules, `${name}.signed`)));
export const trust = () => JSON.parse(readFileSync(join(modules, "trust.json"), "utf8"));
export const signatures = () => JSON.parse(readFileSync(join(root, "tests/signing/vectors.json"), "utf8"));
export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const unhex = (text) => new Uint8Array(Buffer.from(text, "hex"));

/** The same numbers in every run (xorshift32). */
export function dice(seed) {
  let x = seed >>> 0 || 1;
  const next = (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
  return { next, pick: (list) => list[next(list.length)], chance: (percent) => next(100) < percent };
}

/** A module whose bytes were changed, with a digest that fits again. */
export async function resealed(bytes, change) {
  const body = change(bytes.slice(0, -48));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return new Uint8Array([...body, ...bytes.slice(-48, -32), ...digest]);
}
