/**
 * `@riegel/widget/chat`: guards the call of a chat endpoint that speaks OpenAI's chat completions.
 *
 * ```ts
 * const ask = guardChat(fetch, session);
 * const response = await ask("/v1/chat/completions", { method: "POST", body: JSON.stringify({ messages, stream: true }) });
 * ```
 */
import type { Part, Role } from "@riegel/guard";
import { AnswerReader, type Note } from "./answer.js";
import type { Check, Session } from "./session.js";

export type { Note } from "./answer.js";
export { Session, type Check, type Edit, type SessionOptions } from "./session.js";

/** What a page may want to know about a call. */
export interface ChatOptions {
  /** Before a call was refused. */
  readonly onHeld?: (check: Check) => void;
  /** The policies have something to say about the answer; may come again while it streams. */
  readonly onNote?: (note: Note) => void;
}

/** Something with a session: `<riegel-guard>`, for example. */
export type HasSession = Session | { readonly ready: Promise<Session> };

interface Chat {
  readonly messages: readonly Record<string, unknown>[];
  readonly [key: string]: unknown;
}

const ROLES = ["system", "user", "assistant", "tool"];

/**
 * Wraps `fetch`. Messages are decided on before they leave, and redacted where the policy asks for
 * nothing else; what a rule stops, or wants a reason or an approval for, is held. Answers are decided
 * on and restored, streamed or not. What may not go is not sent: the answer then is a `403` in the
 * form that such endpoints use for errors.
 */
export function guardChat(fetch: typeof globalThis.fetch, guarded: HasSession, options: ChatOptions = {}): typeof globalThis.fetch {
  return async (input, init) => {
    const session = "ready" in guarded ? await guarded.ready : guarded;
    const request = new Request(input, init);
    const asked = await read(request);
    const sent = asked && clean(session, asked, options);
    if (!sent) return refused();
    const headers = new Headers(request.headers);
    headers.delete("content-length");
    const { method, signal, credentials, mode, cache, redirect, referrerPolicy } = request;
    const response = await fetch(request.url, { method, headers, signal, credentials, mode: mode === "navigate" ? "same-origin" : mode, cache, redirect, referrerPolicy, body: JSON.stringify(sent) });
    if (!response.ok || !response.body) return response;
    const streams = /event-stream/.test(response.headers.get("content-type") ?? "");
    const more = new Headers(response.headers);
    for (const name of ["content-length", "content-encoding"]) more.delete(name);
    const body = streams ? response.body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).pipeThrough(restored(session, options)).pipeThrough(new TextEncoderStream()) : whole(session, options, await response.json());
    return new Response(body, { status: response.status, statusText: response.statusText, headers: more });
  };
}

/** The chat in a request; nothing where it is none, and nothing is sent then. */
async function read(request: Request): Promise<Chat | undefined> {
  try {
    const chat = (await request.json()) as Chat;
    return Array.isArray(chat.messages) ? chat : undefined;
  } catch {
    return undefined;
  }
}

/** What says what something is, or which: no person's words. */
const MARKS = new Set(["role", "type", "id", "tool_call_id", "finish_reason", "index"]);

/** The same with each of its texts as `each` gives it back, wherever it stands. */
function mapped(value: unknown, each: (text: string) => string, marks = MARKS): unknown {
  if (typeof value === "string") return each(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, each, marks));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marks.has(key) ? inner : mapped(inner, each, marks)]));
}

/** A chat with each of its texts as `each` gives it back: messages first, then what stands around them, such as tools. */
function mappedChat({ messages, model, ...rest }: Chat, each: (text: string, role: Role) => string): Chat {
  return {
    ...(model !== undefined && { model }),
    messages: messages.map((message) => mapped(message, (text) => each(text, (ROLES.includes(message?.["role"] as string) ? message["role"] : "other") as Role)) as Record<string, unknown>),
    ...(mapped(rest, (text) => each(text, "other")) as object),
  };
}

/** All texts of a chat, as parts; nothing where one is an image, a sound or a file: nobody can read them here. */
function partsOf(chat: Chat): Part[] | undefined {
  const parts: Part[] = [];
  let unread = false;
  mappedChat(chat, (text, role) => {
    parts.push({ role, text });
    unread ||= /^data:(?!text\/)/i.test(text);
    return text;
  });
  return unread ? undefined : parts;
}

/** What was written last: the last text of the last message. */
function lastOf({ messages }: Chat): string {
  const content = messages.at(-1)?.["content"];
  if (!Array.isArray(content)) return typeof content === "string" ? content : "";
  return (content as { text?: unknown }[]).map((piece) => piece?.text).filter((text) => typeof text === "string").at(-1) ?? "";
}

/** The chat as it may go; nothing where it may not. */
function clean(session: Session, chat: Chat, { onHeld }: ChatOptions): Chat | undefined {
  const parts = partsOf(chat);
  if (!parts) return undefined;
  const check = session.check("prompt", parts);
  const last = lastOf(chat);
  // Redaction meets nothing but the wish for it: it must not take away what another rule rests on.
  if (session.stands(check, last)) {
    onHeld?.(check);
    return undefined;
  }
  let part = 0;
  const redacted = check.redactable ? mappedChat(chat, (text) => session.redact(check, text, part++)) : chat;
  // Once more, on what really goes out.
  const second = check.redactable ? session.check("prompt", partsOf(redacted) ?? []) : check;
  if (session.passes(second, last)) return redacted;
  onHeld?.(second);
  return undefined;
}

const refused = (): Response => Response.json({ error: { code: "riegel_held", type: "policy", message: "held by policy" } }, { status: 403 });

/** In an answer a function's name is what the page calls it by. */
const ANSWER_MARKS = new Set([...MARKS, "name"]);

interface Choice {
  readonly index?: number;
  readonly finish_reason?: unknown;
  readonly [key: string]: unknown;
}

interface Answer {
  readonly choices?: readonly Choice[];
  readonly [key: string]: unknown;
}

/** Tokens one by one would say what the text does not. */
const withoutTokens = ({ logprobs: _, ...choice }: Choice): Choice => choice;

/** A whole answer: every text in it, also what a tool is to be called with. */
function whole(session: Session, options: ChatOptions, answer: Answer): string {
  const read = (text: string): string => {
    const reader = new AnswerReader(session);
    const out = reader.push(text) + reader.end();
    if (reader.note) options.onNote?.(reader.note);
    return out;
  };
  return JSON.stringify({ ...answer, ...(Array.isArray(answer.choices) && { choices: answer.choices.map((choice) => mapped(withoutTokens(choice), read, ANSWER_MARKS)) }) });
}

/** A text that streams by, and how a choice is made of a piece of it. */
interface Running {
  readonly reader: AnswerReader;
  readonly index: number;
  readonly choice: (text: string) => object;
}

/** Server-sent events: the texts in them are held, decided on and restored; everything else passes. */
function restored(session: Session, { onNote }: ChatOptions): TransformStream<string, string> {
  const running = new Map<string, Running>();
  let rest = "";
  let sample: Answer = {};
  const event = (chunk: Answer): string => `data: ${JSON.stringify(chunk)}\n\n`;
  const told = (reader: AnswerReader, act: () => string): string => {
    const before = reader.note;
    const out = act();
    if (reader.note && reader.note !== before) onNote?.(reader.note);
    return out;
  };
  /** What is still held, of one choice or of all. */
  const rests = (of?: number): string =>
    [...running.values()].filter(({ index }) => of === undefined || index === of).map(({ reader, index, choice }) => {
      const text = told(reader, () => reader.end());
      return text && event({ ...sample, choices: [{ index, ...choice(text), finish_reason: null }] });
    }).join("");
  /** Each text of a choice in its own reader, known by where it stands. */
  const walk = (value: unknown, index: number, path: string, choice: (inner: unknown) => object): unknown => {
    if (typeof value === "string") {
      const one = running.get(path) ?? { reader: new AnswerReader(session), index, choice };
      running.set(path, one);
      return told(one.reader, () => one.reader.push(value));
    }
    if (Array.isArray(value)) {
      return value.map((item: { index?: unknown } | null, i) => {
        const at = typeof item?.index === "number" ? item.index : i;
        return walk(item, index, `${path}/${at}`, (inner) => choice([typeof inner === "object" ? { index: at, ...inner } : inner]));
      });
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ANSWER_MARKS.has(key) ? inner : walk(inner, index, `${path}/${key}`, (made) => choice({ [key]: made }))]));
  };
  const line = (text: string): string => {
    const data = /^data: ?([^]*)$/.exec(text)?.[1];
    if (data === undefined) return "";
    if (data.trim() === "[DONE]") return `${rests()}data: [DONE]\n\n`;
    let chunk: Answer;
    try {
      chunk = JSON.parse(data) as Answer;
    } catch {
      return "";
    }
    sample = chunk;
    if (!Array.isArray(chunk.choices)) return event(chunk);
    const choices = chunk.choices as readonly Choice[];
    const out = choices.map((choice) => walk(withoutTokens(choice), choice.index ?? 0, `${choice.index ?? 0}`, (inner) => inner as object) as Choice);
    // What is held comes before the word that says the choice is at its end.
    const [open, ended] = [out.map((choice) => ({ ...choice, finish_reason: null })), choices.filter(({ finish_reason }) => finish_reason)];
    if (!ended.length) return event({ ...chunk, choices: out });
    const held = ended.map(({ index = 0 }) => rests(index)).join("");
    return event({ ...chunk, choices: open }) + held + event({ ...chunk, choices: out.map(({ index = 0, finish_reason = null }) => ({ index, delta: {}, finish_reason })) });
  };
  return new TransformStream({
    transform(piece, controller) {
      const lines = (rest + piece).split(/\r?\n/);
      rest = lines.pop()!;
      const out = lines.map(line).join("");
      if (out) controller.enqueue(out);
    },
    flush(controller) {
      const out = line(rest) + rests();
      if (out) controller.enqueue(out);
    },
  });
}
