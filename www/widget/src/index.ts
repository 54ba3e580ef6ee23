/**
 * `@riegel/widget`: a chat input that checks before it sends.
 *
 * Importing it defines `<riegel-guard>`.
 */
import { RiegelGuard } from "./element.js";

export { RiegelGuard, type StartOptions } from "./element.js";
export { guardChat, Session, type ChatOptions, type Check, type Edit, type HasSession, type Note, type SessionOptions } from "./chat.js";

declare global {
  interface HTMLElementTagNameMap {
    "riegel-guard": RiegelGuard;
  }
}

if (!customElements.get("riegel-guard")) customElements.define("riegel-guard", RiegelGuard);
