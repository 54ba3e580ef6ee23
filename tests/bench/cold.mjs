// From bytes to the first decision, with thirty rules on attributes: node cold.mjs riegel|cedar DIR
// One line of JSON: milliseconds in V8, bytes of the module, and which rules fired. One side per process, so
// that neither finds the engine warm. Cedar's module takes its policies as text, as its interface has it; ours
// holds them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cedar, events, rules } from "./rules.mjs";

const SIZE = 30;
const [side, directory] = process.argv.slice(2);
// One that fires.
const event = events(100, SIZE)[7];

async function riegel() {
  const { Guard } = await import("../../www/guard/dist/index.js");
  const bytes = readFileSync(join(directory, `rules${SIZE}.wasm`));
  const start = process.hrtime.bigint();
  const guard = await Guard.load(bytes);
  const decision = guard.decide(event);
  const took = process.hrtime.bigint() - start;
  return { took, bytes: bytes.length, rules: decision.rules.map((rule) => rule.id) };
}

async function cedarWasm() {
  const { default: init, isAuthorized } = await import("@cedar-policy/cedar-wasm/web");
  const bytes = readFileSync(new URL("cedar_wasm_bg.wasm", import.meta.resolve("@cedar-policy/cedar-wasm/web")));
  const staticPolicies = cedar(rules(SIZE));
  const entity = (type, id) => ({ type, id });
  const start = process.hrtime.bigint();
  await init({ module_or_path: bytes });
  const answer = isAuthorized({
    principal: entity("User", "anna"),
    action: entity("Action", "send"),
    resource: entity("Service", "chat"),
    context: event,
    policies: { staticPolicies },
    entities: [],
  });
  const took = process.hrtime.bigint() - start;
  if (answer.type !== "success") throw new Error(JSON.stringify(answer));
  return { took, bytes: bytes.length, rules: answer.response.diagnostics.reason };
}

const { took, bytes, rules: fired } = await (side === "cedar" ? cedarWasm() : riegel());
const number = (id) => Number(id.slice(1));
console.log(JSON.stringify({ ms: Number(took) / 1e6, bytes, rules: fired.toSorted((a, b) => number(a) - number(b)) }));
