// Reads decision records. A host checks every number before it believes one (docs/abi.md): what
// this file lets through was written by the module it was asked of, and points to nothing that is
// not there.

import { KINDS, VERDICTS, type Confidence, type ObligationKind } from "./event.js";
import { fail } from "./error.js";
import type { Policy } from "./sections.js";

const RECORD_MAGIC = 0x31444752; // "RGD1"
export const HEADER = 14; // words
export const RULE = 3;
export const FINDING = 5;
/** In bytes. */
export const [FULL, VERDICT, ERROR_CODE, SLOT] = [12, 13, 14, 15] as const;
/** In numbers of 16 bits. */
export const [FLAGS, RULES, DUTIES, WOULD] = [5, 20, 21, 22] as const;
const DEMAND = 23;
export const FINDINGS = 12;

export const [TRUNCATED, ERROR, UNKNOWN_VALUE, CONTENT_READ, STAGED] = [1, 2, 4, 8, 16] as const;
export const [ALSO, REDACT, ENCODED] = [1, 2, 4] as const;
/** Records are kept in pages of this many words: small buffers of their own are slow to make. */
const PAGE = 4096;
const MOST_FLAG = 31;
const MOST_ERROR = 8;
const NO_SLOT = 255;

/** What a host must do. */
export interface Obligation {
  readonly kind: ObligationKind;
  /** Role, training unit or label; empty where there is none. */
  readonly argument: string;
}

/** A span that a detector claims, in UTF-16 code units of its part's text. */
export interface Finding {
  readonly detector: string;
  readonly class: string;
  readonly label: string;
  readonly confidence: Confidence;
  /** Which part of the content; 0 where the content is one text. */
  readonly part: number;
  readonly start: number;
  readonly end: number;
  /** Equal for equal values of one detector. */
  readonly distinct: number;
  /** Another finding covers it in display and redaction. */
  readonly also: boolean;
  /** An obligation redacts it. */
  readonly redact: boolean;
  /** It stands in an encoded text (base64, hexadecimal digits), which its span is. */
  readonly encoded: boolean;
}

/** A record that was checked, and the words at which its lists begin. */
export interface Reading {
  readonly words: Uint32Array<ArrayBuffer>;
  /** Offset and length of each part. */
  readonly parts: readonly number[];
  readonly dutiesAt: number;
  readonly demandAt: number;
  readonly findingsAt: number;
}

/** Bytes from hex digits. */
export const unhex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** A record's bytes. */
export const bytesOf = ({ words: { buffer, byteOffset, byteLength } }: Reading): Uint8Array<ArrayBuffer> => new Uint8Array(buffer, byteOffset, byteLength).slice();

/** The i-th number of 16 bits, and of 8. */
export const half = (words: Uint32Array, i: number): number => (words[i >> 1]! >>> ((i & 1) << 4)) & 0xffff;
export const byte = (words: Uint32Array, i: number): number => (words[i >> 2]! >>> ((i & 3) << 3)) & 255;

/** Is the i-th bit from a word on set? */
export const bit = (words: Uint32Array, from: number, i: number): boolean => (words[from + (i >> 5)]! & (1 << i)) !== 0;

/** The bits of a word from the n-th on. */
const from = (n: number): number => (n > 31 ? 0 : -1 << Math.max(n, 0));

/** Finds a record's lists. */
export const lists = (words: Uint32Array<ArrayBuffer>, parts: readonly number[]): Reading => {
  const dutiesAt = HEADER + half(words, RULES) * RULE;
  const demandAt = ((2 * dutiesAt + half(words, DUTIES) + half(words, WOULD) + 3) & ~3) >> 1;
  return { words, parts, dutiesAt, demandAt, findingsAt: demandAt + 2 * half(words, DEMAND) };
};

/**
 * A reader of the records of one policy. It takes the memory and the word at which the record
 * begins, build and configuration as the record must have them, offset and length of each part.
 */
export function reader({ rules, obligations, detectors }: Policy, slots: number): (memory: Uint32Array<ArrayBuffer>, begin: number, origin: readonly number[], parts: readonly number[]) => Reading {
  const verdicts = rules.map(({ verdict }) => VERDICTS.indexOf(verdict as never));
  const duties = obligations.map(({ kind }, i) => (KINDS.indexOf(kind as never) << 12) | i);
  /** Bits of clauses, and of detectors, that there are not. */
  const beyond = rules.flatMap(({ clauses: { length } }) => [from(length), from(length - 32)]);
  const least = ((detectors.length - 1) & 63) + 1;
  const demand = (detectors.length + 63) >> 6;
  const must = (fine: boolean): void => {
    if (!fine) fail("E4004");
  };

  let page = new Uint32Array(PAGE);
  let used = 0;

  return (memory, begin, origin, parts) => {
    const bytes = memory[begin + 1]!;
    const length = bytes >>> 2;
    must(begin > 0 && length >= HEADER && begin + length <= memory.length && length * 4 === bytes);
    if (used + length > page.length) [page, used] = [new Uint32Array(Math.max(PAGE, length)), 0];
    const words = page.subarray(used, (used += length));
    for (let i = 0; i < length; i++) words[i] = memory[begin + i]!;
    const full = byte(words, FULL);
    const error = byte(words, ERROR_CODE);
    const slot = byte(words, SLOT);
    const flags = half(words, FLAGS);
    must(words[0] === RECORD_MAGIC && half(words, 4) === 1 && flags <= MOST_FLAG && full < VERDICTS.length && byte(words, VERDICT) <= full && words[13] === 0);
    must(error <= MOST_ERROR && error > 0 === (flags & ERROR) > 0 && (slot === NO_SLOT || slot < slots));
    for (let i = 0; i < 6; i++) must(words[4 + i] === origin[i]);

    const found = lists(words, parts);
    const { dutiesAt, demandAt, findingsAt } = found;
    must(half(words, DEMAND) === demand && findingsAt + words[FINDINGS]! * FINDING === length);
    must(!demand || !(words[findingsAt - 2]! & from(least) || words[findingsAt - 1]! & from(least - 32)));

    let last = -1;
    for (let at = HEADER; at < dutiesAt; at += RULE) {
      const hit = words[at]!;
      const index = hit & 0xffff;
      const verdict = (hit >>> 16) & 255;
      must(index > last && verdicts[index] === verdict && hit >>> 24 <= verdict && !(words[at + 1]! & beyond[2 * index]! || words[at + 2]! & beyond[2 * index + 1]!));
      last = index;
    }

    const would = half(words, DUTIES);
    const end = would + half(words, WOULD);
    last = -1;
    for (let i = 0; i < 2 * (demandAt - dutiesAt); i++) {
      const code = half(words, 2 * dutiesAt + i);
      if (i === would) last = -1;
      // Behind the lists: zeros. What is held back is not in force.
      must(i >= end ? code === 0 : code > last && duties[code & 0xfff] === code);
      for (let k = 0; i >= would && i < end && k < would; k++) must(half(words, 2 * dutiesAt + k) !== code);
      last = code;
    }

    // Findings are in order, demanded, and inside the part that they name.
    const highest: number[] = [];
    let [oldPart, oldStart, oldEnd, old] = [-1, 0, 0, 0];
    for (let at = findingsAt; at < length; at += FINDING) {
      const head = words[at]!;
      const index = head & 0xffff;
      const confidence = (head >>> 16) & 255;
      const marks = head >>> 24;
      // Of equal ones that in an encoded text is the last.
      const order = 2 * index + (marks >> 2);
      const [part, start, end, distinct] = [words[at + 1]!, words[at + 2]!, words[at + 3]!, words[at + 4]!];
      const first = parts[2 * part]!;
      const known = highest[index] ?? 0;
      must((flags & CONTENT_READ) > 0 && index < detectors.length && bit(words, demandAt, index) && confidence > 0 && confidence < 4 && marks <= (ALSO | REDACT | ENCODED));
      must(start >= first && start < end && end <= first + parts[2 * part + 1]! && (part - oldPart || start - oldStart || oldEnd - end || order - old) > 0);
      must(distinct > 0 && distinct <= known + 1);
      highest[index] = Math.max(known, distinct);
      [oldPart, oldStart, oldEnd, old] = [part, start, end, order];
    }
    return found;
  };
}
