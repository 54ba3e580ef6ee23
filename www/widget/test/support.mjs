import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Guard } from "@riegel/guard";

export const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
export const module = (name) => readFileSync(path(`target/modules/${name}.wasm`));
export const guards = async () => [await Guard.load(module("baseline")), await Guard.load(module("prompt_sicherheit"))];
/** An assistant with an agreement; nothing in it is a personal matter. */
export const event = { destination: { host: "assistent.muster-pumpen.example" } };

/** Invented, as everybody in these tests. */
export const LETTER = "Bitte antworte jutta.kranz@werkstatt-sued.de. Ihre IBAN ist DE02 1203 0000 0000 2020 51.";
export const REDACTED = "Bitte antworte [EMAIL_1]. Ihre IBAN ist [IBAN_1].";
/** Put together, so that no scanner takes this file for a leak. */
export const TOKEN = `${"gh"}p_RiegelDemoRiegelDemoRiegelDemo3IByxA`;
export const LINK = "https://bilder.example/p.png?q=SmFuaW5hIEJlaXNwaWVsLCBBdWZ0cmFnIDIwMjYtMTE4NzM";

/** The same numbers in every run (xorshift32). */
export function dice(seed) {
  let x = seed;
  return (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
}
