/**
 * `@riegel/widget/parts`: what the browser extension shares with the widget: conversations, places
 * in a text, and fields that people write into.
 */
export { settled } from "./answer.js";
export { fieldIn, type Field } from "./field.js";
export { apply, atLeast, Session, spans, type Check, type Edit, type SessionOptions } from "./session.js";
export { TOKENS } from "./style.js";
