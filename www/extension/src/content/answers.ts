import type { Decider } from "./decider.js";
import type { Stage } from "./dialog.js";
export function watchAnswers(_decider: Decider, _stage: Stage): void {}
