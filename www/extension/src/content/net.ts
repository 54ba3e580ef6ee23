import type { Asker } from "./asking.js";
import type { Decider } from "./decider.js";
export function listen(_decider: Decider, _ask: Asker): void {}
