// Events, as people and programs write them (policies/examples). Attributes may be nested or
// dotted; their names and types are the policy's.

import { fail } from "./error.js";

/** Who wrote a part. */
export type Role = "system" | "user" | "assistant" | "tool" | "document" | "other";
/** Where a part goes: towards the AI service, or back. */
export type Direction = "outbound" | "inbound";

/** A piece of content. */
export interface Part {
  /** Default `user`. */
  readonly role?: Role | null;
  /** Default `outbound`. */
  readonly direction?: Direction | null;
  readonly text: string;
}

/** Content: a text, or parts of a conversation. */
export type Content = string | readonly (string | Part)[];

/** Something that is about to happen. */
export interface RiegelEvent {
  /** The day, `YYYY-MM-DD`; without it, today in the policy's time zone. */
  readonly today?: string | null;
  /** The content; as an object, its other keys are attributes such as `content.mime`. */
  readonly content?: Content | { readonly text?: string; readonly parts?: Content; readonly [attribute: string]: unknown } | null;
  /** Attributes of the policy. */
  readonly [attribute: string]: unknown;
}

export const ROLES = ["system", "user", "assistant", "tool", "document", "other"];
export const DIRECTIONS = ["outbound", "inbound"];
export const VERDICTS = ["allow", "log", "warn", "justify", "redact", "approve", "block"] as const;
export const KINDS = ["show", "justify", "redact", "approve", "disclose", "train", "label", "notify"] as const;
export const CONFIDENCES = ["low", "medium", "high"] as const;

/** What applies, weakest first. */
export type Verdict = (typeof VERDICTS)[number];
/** What a host must do. */
export type ObligationKind = (typeof KINDS)[number];
/** How sure a detector is. */
export type Confidence = (typeof CONFIDENCES)[number];

/** The content of an event as it was written; throws where it has two. */
export function contentOf(event: RiegelEvent): unknown {
  const content = event.content as unknown;
  if (typeof content === "object" && content !== null && !Array.isArray(content)) {
    const { text, parts } = content as { text?: unknown; parts?: unknown };
    if (parts !== undefined && text !== undefined) fail("E3005", "/content");
    return parts ?? text;
  }
  return content;
}
