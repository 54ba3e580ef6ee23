/**
 * `@riegel/guard`: asks a compiled Riegel policy what may go to an AI service.
 *
 * ```ts
 * const guard = await Guard.load(fetch("/policy.wasm"));
 * const decision = guard.decide({ action: "paste", destination: { host: "chatgpt.com" }, content: text });
 * ```
 */
export { Guard, type Options } from "./guard.js";
export { Decision, type Explanation, type Message, type Rule } from "./decision.js";
export { RiegelError } from "./error.js";
export type { Confidence, Content, Direction, ObligationKind, Part, RiegelEvent, Role, Verdict } from "./event.js";
export type { Params } from "./config.js";
export type { Finding, Obligation } from "./record.js";
export type { Limits, Source } from "./module.js";
export type { Bound, DetectorInfo, Param, Policy, RuleInfo, Schema, Slot, Stage, Texts } from "./sections.js";
