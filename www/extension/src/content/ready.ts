// Keeps the background awake while somebody is on an AI page: browsers send an extension's
// background to sleep after 30 seconds, and waking it costs time just when something is pasted.

import type { Decider } from "./decider.js";
import { hear } from "./listening.js";

/** In milliseconds. */
const [EVERY, RECENT] = [20_000, 600_000];

export function keepReady(decider: Decider): void {
  let asked = 0;
  let active = 0;
  const wake = (): void => {
    const now = performance.now();
    active = now;
    if (asked && now - asked < EVERY) return;
    asked = now;
    void decider.begin();
  };
  for (const name of ["focus", "pointerdown", "keydown", "dragenter"]) hear(name, wake, { capture: true, passive: true });
  setInterval(() => {
    if (document.hasFocus() && performance.now() - active < RECENT) {
      asked = performance.now();
      void decider.begin();
    }
  }, EVERY);
  wake();
}
