// Frames of other hosts inside of an AI page, such as an editor that lies elsewhere: content scripts
// of the manifest stand only on the hosts that it names, so these are asked for when they load.

import type { Decider } from "./decider.js";
import { hear } from "./listening.js";

export function guardFrames(decider: Decider): void {
  const look = (frame: Element | EventTarget | null): void => {
    if (!(frame instanceof HTMLIFrameElement) || !frame.src) return;
    try {
      if (new URL(frame.src, location.href).host !== location.host) decider.tell({ ask: "frames" });
    } catch {
      // No address: the frame is this page's own, and guarded like it.
    }
  };
  // Such events do not reach the window.
  hear("load", (event) => look(event.target), { capture: true }, document);
  hear("DOMContentLoaded", () => document.querySelectorAll("iframe").forEach(look), { capture: true }, document);
}
