// Decisions on attributes alone: node attributes.mjs write DIR | node attributes.mjs run DIR
// `write` leaves the policies, to be compiled; `run` prints one line of JSON: microseconds
// per decision for the module (through the frame writer that `writer.mjs` made), for generated JavaScript,
// and for the module with a frame of bytes, which needs no generated writer.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Host, VERDICTS } from "../conformance/host.mjs";
import { load } from "../conformance/writer.mjs";
import { best } from "./measure.mjs";
import { events, javascript, policy, rules } from "./rules.mjs";

const SIZES = [30, 1000];

/** Before a time is taken: each way gives the verdict and the fired rules of the generated JavaScript, event by event. */
function same(sample, generated, ways) {
  const told = ({ verdict, rules }) => `${verdict} by ${rules.join(", ") || "no rule"}`;
  let fired = 0;
  for (const event of sample) {
    const { verdict, rules } = generated(event);
    const right = told({ verdict: VERDICTS[verdict], rules });
    fired += rules.length > 0;
    for (const [way, ask] of Object.entries(ways)) {
      const said = told(ask(event));
      if (said !== right) throw new Error(`${way}, ${JSON.stringify(event)}: ${said}, not ${right}`);
    }
  }
  if (fired < sample.length / 20) throw new Error(`only ${fired} of ${sample.length} events fire a rule`);
}

const [what, directory] = process.argv.slice(2);

if (what === "write") {
  mkdirSync(directory, { recursive: true });
  for (const size of SIZES) writeFileSync(join(directory, `rules${size}.riegel`), policy(rules(size)));
} else {
  const result = {};
  for (const size of SIZES) {
    const module = new WebAssembly.Module(readFileSync(join(directory, `rules${size}.wasm`)));
    const { schema } = new Host(module);
    const [host, plain] = [new Host(module, await load(schema)), new Host(module)];
    const generated = javascript(rules(size));
    const sample = events(1000, size);
    const ask = (event) => host.read(host.decideAttributes(event, 20_833));
    const askBytes = (event) => plain.read(plain.decideAttributes(event, 20_833));
    same(sample, generated, { numbers: ask, bytes: askBytes });
    const time = (f) => {
      const { value, seconds } = best(() => sample.reduce((sum, event) => sum + f(event).rules.length, 0));
      return { us: (seconds * 1e6) / sample.length, rules: value };
    };
    // V8 runs the opponent a third slower in some processes, mostly behind other work: its better half counts.
    const [before, ours, after] = [time(generated), time(ask), time(generated)];
    const bytes = time(askBytes);
    result[size] = { module: ours, javascript: before.us < after.us ? before : after, bytes };
  }
  console.log(JSON.stringify(result));
}
