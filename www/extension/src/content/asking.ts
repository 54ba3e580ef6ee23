// Puts a question to the person: in this frame, or in the top frame where this one is too small for
// a dialog.

import type { Answer, Ask, Question } from "../shared/messages.js";
import { web } from "../shared/browser.js";
import type { Decider } from "./decider.js";
import type { Stage } from "./dialog.js";

const [LEAST_WIDTH, LEAST_HEIGHT] = [420, 420];

/** Asks a person, and notes in the journal what they chose. */
export type Asker = (question: Question) => Promise<Answer>;

export function asker(decider: Decider, stage: Stage): Asker {
  // A reason that holds something to protect is not kept.
  const harmless = async (reason: string): Promise<boolean> => !(await decider.decide("type", reason)).marks.some(({ redact }) => redact);
  if (self === top) {
    web.runtime.onMessage.addListener((message, sender, answer) => {
      const { ask, question } = message as Partial<Extract<Ask, { ask: "top" }>>;
      if (ask !== "top" || sender.id !== web.runtime.id || !question) return undefined;
      void stage.ask(question, harmless).then(answer);
      return true;
    });
  }
  return async (question) => {
    let answer: Answer | undefined;
    const { lessons, failed } = question.view;
    let { entry } = question.view;
    // Typed text and requests are counted when somebody is asked about them.
    if (entry < 0 && !failed && question.way !== "file") void decider.decide("prompt", question.text, true).then((view) => (entry = view.entry));
    if (self !== top && (innerWidth < LEAST_WIDTH || innerHeight < LEAST_HEIGHT)) {
      answer = (await web.runtime.sendMessage({ ask: "top", question } satisfies Ask).catch(() => undefined)) as Answer | undefined;
    }
    answer ??= await stage.ask(question, harmless);
    const { choice, reason } = answer;
    decider.tell({ ask: "chose", entry, choice, ...(reason && { reason }) });
    for (const lesson of lessons) decider.tell({ ask: "chose", entry, choice: "lesson", lesson });
    return answer;
  };
}
