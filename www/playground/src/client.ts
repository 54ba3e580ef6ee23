// The page's side of the worker.

import type { Ask, Tell } from "./protocol.js";

type Question = { kind: "format" | "tests"; text: string } | { kind: "library" };
type Answered = Extract<Tell, { kind: "answer" }>["value"];

/** A policy that takes longer will not come to an end that anybody waits for. */
const PATIENCE = 60_000;

/** Asks the worker, and starts it again where it stops. */
export class Client {
  #worker: Worker;
  #next = 0;
  readonly #open = new Map<number, (value: Answered) => void>();
  /** What a new worker has to know, by kind. */
  readonly #last = new Map<string, Ask>();
  #crashes = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly hear: (message: Tell) => void,
    readonly crashed: () => void,
  ) {
    this.#worker = this.#start();
  }

  /** Tells it the newest policy or event. */
  tell(ask: Extract<Ask, { kind: "policy" | "event" }>): void {
    this.#last.set(ask.kind, ask);
    this.#send(ask);
  }

  /** Asks something that has one answer. */
  ask<T extends Answered>(question: Question): Promise<T> {
    const id = this.#next++;
    this.#worker.postMessage({ ...question, id });
    return new Promise((resolve) => this.#open.set(id, resolve as (value: Answered) => void));
  }

  #send(ask: Ask): void {
    this.#worker.postMessage(ask);
    if (ask.kind !== "policy") return;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#again(), PATIENCE);
  }

  /** Whether this ends the work on a policy. */
  #ends(message: Tell): boolean {
    return message.kind === "compiled" || (message.kind === "checked" && message.diagnostics.some(({ severity }) => severity === "error"));
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Tell>) => {
      if (this.#ends(data)) {
        clearTimeout(this.#patience);
        this.#crashes = 0;
      }
      if (data.kind === "answer") {
        this.#open.get(data.id)?.(data.value);
        this.#open.delete(data.id);
      } else this.hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#again();
    };
    return worker;
  }

  #again(): void {
    this.#crashes += 1;
    this.#worker.terminate();
    this.#open.clear();
    if (this.#crashes > 3) return this.hear({ kind: "unable", why: "crashed" });
    this.#worker = this.#start();
    for (const ask of this.#last.values()) this.#send(ask);
    this.crashed();
  }
}
