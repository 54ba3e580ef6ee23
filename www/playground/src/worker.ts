// Compiles and decides, away from the page, so that typing never waits. Whatever is asked while
// something runs replaces what was waiting: only the newest policy and the newest event count.

import { check, compile, format, library, load, test, vocabulary, type Compiled } from "@riegel/compiler";
import { Guard, type RiegelEvent } from "@riegel/guard";
import { Vault } from "@riegel/guard/vault";
import { inWords } from "@riegel/guard/words";
import type { Ask, Decided, Tell } from "./protocol.js";

const tell = (message: Tell): void => postMessage(message);
const waiting = new Map<string, Ask>();
/** What runs: the newest policy without errors. */
let running: { readonly text: string; readonly guard: Guard; readonly compiled: Compiled } | undefined;
let event: Extract<Ask, { kind: "event" }> | undefined;
let busy = true;

onmessage = ({ data }: MessageEvent<Ask>) => {
  waiting.set("id" in data ? `${data.kind} ${data.id}` : data.kind, data);
  void work();
};

async function work(): Promise<void> {
  if (busy) return;
  busy = true;
  for (let next; (next = waiting.entries().next().value); ) {
    waiting.delete(next[0]);
    try {
      await one(next[1]);
    } catch (error) {
      // A compiler that stopped in the middle is not asked again: an error that nobody catches tells the page.
      setTimeout(() => {
        throw error;
      });
      return;
    }
    // Lets newer messages in before the next piece of work.
    await new Promise((resolve) => setTimeout(resolve));
  }
  busy = false;
}

async function one(ask: Ask): Promise<void> {
  switch (ask.kind) {
    case "policy":
      return policy(ask.text);
    case "event":
      event = ask;
      return decide();
    case "format":
      return tell({ kind: "answer", id: ask.id, value: await format(ask.text) });
    case "tests":
      return tell({ kind: "answer", id: ask.id, value: await test(ask.text) });
    case "library":
      return tell({ kind: "answer", id: ask.id, value: [...(await library())].filter(([name]) => name.startsWith("packs.")) });
  }
}

async function policy(text: string): Promise<void> {
  const { ok, diagnostics } = await check(text);
  tell({ kind: "checked", text, diagnostics, vocabulary: await vocabulary(text) });
  await new Promise((resolve) => setTimeout(resolve));
  // Somebody went on typing: what they wrote will be compiled, this will not.
  if (!ok || waiting.has("policy")) return;
  const began = performance.now();
  const compiled = await compile(text);
  if (!compiled.wasm || !compiled.size) {
    tell({ kind: "checked", text, diagnostics: compiled.diagnostics, vocabulary: await vocabulary(text) });
    return;
  }
  const milliseconds = performance.now() - began;
  running = { text, compiled, guard: await Guard.load(compiled.wasm) };
  const gzip = await new Response(new Blob([compiled.wasm]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
  tell({ kind: "compiled", text, size: compiled.size, gzip: gzip.byteLength, milliseconds });
  decide();
}

function decide(): void {
  if (!running || !event) return;
  const { guard, compiled, text } = running;
  const { content, language } = event;
  const asked = { ...event.event, content } as RiegelEvent;
  const decision = guard.decide(asked);
  const words = inWords(decision, language);
  const { rules } = decision.explain(language);
  const infos = new Map((compiled.policy?.rules ?? []).map((rule) => [rule.id, rule]));
  const titles = new Map((compiled.policy?.detectors ?? []).map(({ id, title, titles }) => [id, titles?.[language] ?? title]));
  const { verdict, full, obligations, findings, contentRead, failure } = decision;
  const decided: Decided = {
    verdict,
    full,
    headline: words.headline,
    todo: words.todo,
    later: words.later,
    rules: rules.map((rule) => ({ ...rule, held: (infos.get(rule.id)?.clauses ?? []).filter((clause) => clause.source === 0 && rule.clauses.includes(clause.text)) })),
    obligations,
    messages: decision.messages(language),
    findings: findings.map((finding) => ({ ...finding, title: titles.get(finding.detector) ?? finding.detector })),
    contentRead,
    ...(findings.some(({ redact }) => redact) ? { redacted: decision.redacted<string>(new Vault("playground")) } : {}),
    ...(failure ? { failure: words.headline } : {}),
    microseconds: measure(() => guard.decide(asked)),
  };
  tell({ kind: "decided", text, content, decided });
}

/** Microseconds of one call: the median of short runs, for clocks of browsers are coarse and machines busy. */
function measure(call: () => unknown): number {
  const runs: number[] = [];
  const began = performance.now();
  while (runs.length < 9 && performance.now() - began < 40) {
    const start = performance.now();
    let calls = 0;
    let spent = 0;
    do {
      call();
      calls += 1;
      spent = performance.now() - start;
    } while (spent < 1.5 && calls < 2000);
    runs.push((spent * 1000) / calls);
  }
  return runs.sort((a, b) => a - b)[runs.length >> 1]!;
}

async function texts(): Promise<Uint8Array> {
  const response = await fetch(new URL("library.bin", location.href));
  if (!response.ok) throw new Error(`library.bin: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

load({ library: texts() }).then(
  () => {
    busy = false;
    tell({ kind: "ready" });
    void work();
  },
  (error: unknown) => tell({ kind: "unable", why: String(error) }),
);
