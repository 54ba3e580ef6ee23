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
 * it; answers are decided on and restored, streamed or not. What may not go is not sent: the answer
 * then is a `403` in the form that such endpoints use for errors.
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

/** Every text in a message: its content, or the texts among its pieces. */
function texts({ content }: Record<string, unknown>): string[] {
  if (typeof content === "string") return [content];
  return Array.isArray(content) ? content.flatMap((piece: { text?: unknown }) => (typeof piece?.text === "string" ? [piece.text] : [])) : [];
}

/** The chat as it may go; nothing where it may not. */
function clean(session: Session, chat: Chat, { onHeld }: ChatOptions): Chat | undefined {
  const partsOf = ({ messages }: Chat): Part[] => messages.flatMap((message) => texts(message).map((text) => ({ role: (ROLES.includes(message["role"] as string) ? message["role"] : "other") as Role, text })));
  const last = partsOf(chat).at(-1)?.text ?? "";
  const check = session.check("prompt", partsOf(chat));
  let part = 0;
  const next = (text: string): string => session.redact(check, text, part++);
  const redacted = !check.redactable
    ? chat
    : {
        ...chat,
        messages: chat.messages.map((message) => {
          const { content } = message;
          if (typeof content === "string") return { ...message, content: next(content) };
          return Array.isArray(content) ? { ...message, content: content.map((piece: { text?: unknown }) => (typeof piece?.text === "string" ? { ...piece, text: next(piece.text) } : piece)) } : message;
        }),
      };
  // Once more, on what really goes out.
  const second = check.redactable ? session.check("prompt", partsOf(redacted)) : check;
  if (session.passes(second, last)) return redacted;
  onHeld?.(second);
  return undefined;
}

const refused = (): Response => Response.json({ error: { code: "riegel_held", type: "policy", message: "held by policy" } }, { status: 403 });

/** A whole answer. */
function whole(session: Session, options: ChatOptions, answer: { choices?: { message?: { content?: unknown } }[] }): string {
  for (const { message } of answer.choices ?? []) {
    if (typeof message?.content !== "string") continue;
    const reader = new AnswerReader(session);
    message.content = reader.push(message.content) + reader.end();
    if (reader.note) options.onNote?.(reader.note);
  }
  return JSON.stringify(answer);
}

interface Chunk {
  readonly choices?: readonly { readonly index?: number; delta?: { content?: unknown }; readonly finish_reason?: unknown }[];
}

/** Server-sent events: the texts in them are held, decided on and restored; everything else passes. */
function restored(session: Session, { onNote }: ChatOptions): TransformStream<string, string> {
  const readers = new Map<number, AnswerReader>();
  let rest = "";
  let sample: Chunk = {};
  const say = (reader: AnswerReader, before: Note | undefined): void => {
    if (reader.note && reader.note !== before) onNote?.(reader.note);
  };
  const event = (chunk: Chunk): string => `data: ${JSON.stringify(chunk)}\n\n`;
  /** What is still held. */
  const rests = (): string =>
    [...readers].map(([index, reader]) => {
      const before = reader.note;
      const content = reader.end();
      say(reader, before);
      readers.delete(index);
      return content && event({ ...sample, choices: [{ index, delta: { content }, finish_reason: null }] });
    }).join("");
  const line = (text: string): string => {
    const data = /^data: ?([^]*)$/.exec(text)?.[1];
    if (data === undefined) return "";
    if (data.trim() === "[DONE]") return `${rests()}data: [DONE]\n\n`;
    let chunk: Chunk;
    try {
      chunk = JSON.parse(data) as Chunk;
    } catch {
      return "";
    }
    sample = chunk;
    for (const choice of chunk.choices ?? []) {
      if (typeof choice.delta?.content === "string") {
        const index = choice.index ?? 0;
        const reader = readers.get(index) ?? new AnswerReader(session);
        readers.set(index, reader);
        const said = reader.note;
        choice.delta = { ...choice.delta, content: reader.push(choice.delta.content) };
        say(reader, said);
      }
      const reader = readers.get(choice.index ?? 0);
      if (choice.finish_reason && reader) {
        const said = reader.note;
        choice.delta = { ...choice.delta, content: String(choice.delta?.content ?? "") + reader.end() };
        say(reader, said);
      }
    }
    return event(chunk);
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
