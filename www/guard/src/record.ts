// Reads decision records. A host checks every number before it believes one (docs/abi.md): what
// this file lets through was written by the module it was asked of, and points to nothing that is
// not there.

import { KINDS, VERDICTS } from "./event.js";
import { fail } from "./error.js";
import type { Policy } from "./sections.js";

export const RECORD_MAGIC = 0x31444752; // "RGD1"
export const HEADER = 14; // words
export const RULE = 3;
export const FINDING = 5;

export const [TRUNCATED, ERROR, UNKNOWN_VALUE, CONTENT_READ, STAGED] = [1, 2, 4, 8, 16] as const;
export const [ALSO, REDACT, ENCODED] = [1, 2, 4] as const;
const MOST_FLAG = 31;
const MOST_ERROR = 8;
const NO_SLOT = 255;

/** What of a policy a record is compared with; made once. */
export class Expected {
  readonly build: Uint32Array;
  /** Verdict and number of clauses per rule. */
  readonly verdicts: Uint8Array;
  readonly clauses: Uint16Array;
  /** kind << 12 | index */
  readonly obligations: Uint16Array;
  readonly detectors: number;
  readonly demand: number;

  constructor(policy: Policy, readonly slots: number) {
    this.build = new Uint32Array(unhex(policy.build).buffer);
    this.verdicts = Uint8Array.from(policy.rules, ({ verdict }) => VERDICTS.indexOf(verdict as never));
    this.clauses = Uint16Array.from(policy.rules, ({ clauses }) => clauses.length);
    this.obligations = Uint16Array.from(policy.obligations, ({ kind }, i) => (KINDS.indexOf(kind as never) << 12) | i);
    this.detectors = policy.detectors.length;
    this.demand = (this.detectors + 63) >> 6;
  }
}

/** Bytes from hex digits. */
export const unhex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: text.length >> 1 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));

const bad = (fine: boolean): void => {
  if (!fine) fail("E4004");
};

/** True where the bits from `from` on of a number of 64 bits are zero. */
const below = (low: number, high: number, from: number): boolean =>
  from >= 64 || (from >= 32 ? high >>> (from - 32) === 0 : high === 0 && low >>> from === 0);

/** Where lists begin, in words, from the record's beginning. */
export const obligationsAt = (words: Uint32Array, at: number): number => HEADER + (words[at + 10]! & 0xffff) * RULE;
export const demandAt = (words: Uint32Array, at: number): number => {
  const halves = 2 * obligationsAt(words, at) + (words[at + 10]! >>> 16) + (words[at + 11]! & 0xffff);
  return ((halves + 3) & ~3) >> 1;
};
export const findingsAt = (words: Uint32Array, at: number): number => demandAt(words, at) + 2 * (words[at + 11]! >>> 16);

/** An obligation in force, or held back: `i` counts both lists. */
export const halfAt = (words: Uint32Array, at: number, i: number): number => {
  const half = 2 * obligationsAt(words, at) + i;
  return (words[at + (half >> 1)]! >>> ((half & 1) << 4)) & 0xffff;
};

/** Was a detector searched? */
export const demanded = (words: Uint32Array, at: number, detector: number): boolean =>
  ((words[at + demandAt(words, at) + (detector >> 5)]! >>> (detector & 31)) & 1) === 1;

/** Checks the record at the word `at`; gives its length in words. `parts` are offset and length of each part. */
export function check(words: Uint32Array, at: number, expected: Expected, config: readonly number[], parts: readonly number[]): number {
  bad(at > 0 && at + HEADER <= words.length && words[at] === RECORD_MAGIC);
  const length = words[at + 1]! >>> 2;
  const word = words[at + 2]!;
  const [flags, verdicts] = [word >>> 16, words[at + 3]!];
  const error = (verdicts >>> 16) & 0xff;
  const effective = (verdicts >>> 8) & 0xff;
  const slot = verdicts >>> 24;
  bad((words[at + 1]! & 3) === 0 && at + length <= words.length);
  bad((word & 0xffff) === 1 && flags <= MOST_FLAG && (verdicts & 0xff) <= 6 && effective <= (verdicts & 0xff));
  bad(error <= MOST_ERROR && (error !== 0) === ((flags & ERROR) !== 0) && (slot === NO_SLOT || slot < expected.slots));
  for (let i = 0; i < 4; i++) bad(words[at + 4 + i] === expected.build[i]);
  bad(words[at + 8] === config[0] && words[at + 9] === config[1] && words[at + 13] === 0);

  const [rules, obligations, would] = [words[at + 10]! & 0xffff, words[at + 10]! >>> 16, words[at + 11]! & 0xffff];
  const findings = words[at + 12]!;
  const first = findingsAt(words, at);
  bad(words[at + 11]! >>> 16 === expected.demand && first + findings * FINDING === length);

  let last = -1;
  for (let i = 0, rule = at + HEADER; i < rules; i++, rule += RULE) {
    const hit = words[rule]!;
    const index = hit & 0xffff;
    const verdict = (hit >>> 16) & 0xff;
    bad(index > last && index < expected.verdicts.length && verdict === expected.verdicts[index] && hit >>> 24 <= verdict);
    bad(below(words[rule + 1]!, words[rule + 2]!, expected.clauses[index]!));
    last = index;
  }
  for (let i = 0; i < obligations + would; i++) {
    const code = halfAt(words, at, i);
    const known = expected.obligations[code & 0xfff] === code;
    bad(known && (i === 0 || i === obligations || code > halfAt(words, at, i - 1)));
    for (let j = 0; i >= obligations && j < obligations; j++) bad(halfAt(words, at, j) !== code);
  }
  const demand = demandAt(words, at);
  for (let half = 2 * obligationsAt(words, at) + obligations + would; half < 2 * demand; half++) {
    bad(((words[at + (half >> 1)]! >>> ((half & 1) << 4)) & 0xffff) === 0);
  }
  if (expected.demand > 0) {
    const end = at + demand + 2 * expected.demand;
    bad(below(words[end - 2]!, words[end - 1]!, expected.detectors - 64 * (expected.demand - 1)));
  }
  if (findings > 0) checkFindings(words, at, at + first, findings, parts, expected, flags);
  return length;
}

/** Findings are in order, demanded, and inside the part that they name. */
function checkFindings(words: Uint32Array, at: number, first: number, count: number, parts: readonly number[], expected: Expected, flags: number): void {
  bad((flags & CONTENT_READ) !== 0);
  const highest = new Map<number, number>();
  let before: number[] | undefined;
  for (let i = 0, finding = first; i < count; i++, finding += FINDING) {
    const head = words[finding]!;
    const detector = head & 0xffff;
    const confidence = (head >>> 16) & 0xff;
    const [part, start, end, distinct] = [words[finding + 1]!, words[finding + 2]!, words[finding + 3]!, words[finding + 4]!];
    bad(detector < expected.detectors && demanded(words, at, detector) && confidence >= 1 && confidence <= 3 && head >>> 24 <= (ALSO | REDACT | ENCODED));
    bad(2 * part < parts.length && start >= parts[2 * part]! && start < end && end <= parts[2 * part]! + parts[2 * part + 1]!);
    const key = [part, start, -end, 2 * detector + (head >>> 26)];
    if (before) {
      const differs = key.findIndex((value, k) => value !== before![k]);
      bad(differs >= 0 && key[differs]! > before[differs]!);
    }
    before = key;
    const known = highest.get(detector) ?? 0;
    bad(distinct >= 1 && distinct <= known + 1);
    if (distinct > known) highest.set(detector, distinct);
  }
}
