// Decisions on attributes alone: node attributes.mjs write DIR | node attributes.mjs run DIR
// `write` leaves the policies, to be compiled; `run` prints one line of JSON: microseconds
// per decision for the module (through the frame writer) and for generated JavaScript.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Host } from "../conformance/host.mjs";
import { load } from "../conformance/writer.mjs";
import { best } from "./measure.mjs";
import { events, javascript, policy, rules } from "./rules.mjs";

const SIZES = [30, 1000];
const [what, directory] = process.argv.slice(2);

if (what === "write") {
  mkdirSync(directory, { recursive: true });
  for (const size of SIZES) writeFileSync(join(directory, `rules${size}.riegel`), policy(rules(size)));
} else {
  const result = {};
  for (const size of SIZES) {
    const module = new WebAssembly.Module(readFileSync(join(directory, `rules${size}.wasm`)));
    const { schema } = new Host(module);
    const host = new Host(module, await load(schema));
    const generated = javascript(rules(size));
    const sample = events(1000, size);
    const ask = (event) => host.read(host.decideAttributes(event, 20_833));
    for (const event of sample) {
      const [said, right] = [ask(event), generated(event)];
      if (String(said.rules) !== String(right.rules)) throw new Error(`${JSON.stringify(event)}: ${said.rules}, not ${right.rules}`);
    }
    const time = (f) => {
      const { value, seconds } = best(() => sample.reduce((sum, event) => sum + f(event).rules.length, 0));
      return { us: (seconds * 1e6) / sample.length, rules: value };
    };
    // First: V8 has been seen to run it a third slower behind other work.
    const opponent = time(generated);
    result[size] = { module: time(ask), javascript: opponent };
  }
  console.log(JSON.stringify(result));
}
