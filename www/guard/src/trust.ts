// `@riegel/guard/trust`: by whom a module, or data that configures one, is signed, and whether that is
// believed. The form of both, and why, stands in docs/signing.md; the crate `riegel` reads it the same way
// (tests/signing/vectors.json).
//
//   module   \0asm 1 | 00 size 09 "signature" 1 1 1 1 1 hash (32) count | (16 id (16) 1 64 signature)… | sections
//   data     riegel signed data 1 … sha256 … signature … | empty line | the data
//
// Invariant: nothing of a file is looked at before a signature over it was believed, but what the
// signature needs to be found.

import { RiegelError } from "@riegel/guard";
import { lower, VERSION } from "./version.js";

/** A key that counts: what `riegel trust add` writes. */
export interface TrustedKey {
  /** 66 hexadecimal digits. */
  readonly key: string;
  /** For people. */
  readonly name?: string;
  /** First and last day (`YYYY-MM-DD`) on which it counts. */
  readonly from?: string;
  readonly until?: string;
  /** The day on which it was given up; it counts for nothing, whatever the day. */
  readonly revoked?: string;
}

/** A trust set: the JSON that `riegel trust add` writes. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
}

/** What is expected of a module. */
export interface Expected {
  /** Id of the policy. */
  readonly policy: string;
  /** The lowest version that is taken: mostly the one that was taken last. */
  readonly lowest?: string | null;
  /** The day, for keys; without it, today in UTC. */
  readonly today?: string;
}

/** What is expected of data. */
export interface ExpectedData extends Expected {
  /** What it is among the data of the policy, such as `params.json`. */
  readonly name: string;
  /** The tenant that it is for; none where it was signed for none. */
  readonly tenant?: string | null;
}

/** Data that was believed. */
export interface Data {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The `lowest` of the next one. */
  readonly version: string;
}

/** Where bytes come from. */
export type File = BufferSource | Response;

type Bytes = Uint8Array<ArrayBuffer>;
type Signed = readonly (readonly [id: string, signature: Bytes])[];

const MOST_KEYS = 64;
const MOST_SIGNATURES = 8;
const MOST_BYTES = 1 << 26;
const LONGEST_HEAD = 4096;
const ENTRY = 83;
const PREAMBLE = "\0asm\x01\0\0\0";
const DAY = /^(?!0000)\d{4}-\d\d-\d\d$/;
const HEAD = /^(riegel signed data 1\npolicy ([\w.-]{1,128})\n(?:tenant ([\w.-]{1,128})\n)?name ([\w.-]{1,128})\nversion (.{1,64})\nsha256 ([\da-f]{64})\n)((?:signature [\da-f]{32} [\da-f]{128}\n){1,8})$/;

const refuse = (code: string, place?: string): never => {
  throw new RiegelError(code, place);
};
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text: string): Bytes => Uint8Array.from(text.match(/../g)!, (pair) => parseInt(pair, 16));
const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const encode = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;
const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/**
 * Verifies a module; gives it without its signatures: `Guard.load(verify(fetch("policy.wasm"), trust,
 * { policy: "acme" }))`. Rejects with a {@link RiegelError} of the codes E8001 to E8009.
 */
export async function verify(file: File | Promise<File>, trust: Trust, expected: Expected): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await read(file);
  if (latin(bytes.subarray(0, 8)) !== PREAMBLE) refuse("E8002");
  const [, low = 0, high = 0] = bytes.subarray(8);
  if (bytes[8] || low < 128 || high > 127 || latin(bytes.subarray(11, 21)) !== "\tsignature") refuse("E8001");
  const end = 11 + ((low & 127) | (high << 7));
  const [section, rest] = [bytes.subarray(21, end), bytes.slice(end)];
  const count = section[37]!;
  if (end > bytes.length || latin(section.subarray(0, 5)) !== "\x01\x01\x01\x01\x01" || !(count > 0 && count <= MOST_SIGNATURES) || section.length !== 38 + count * ENTRY) refuse("E8002");
  const signed = Array.from({ length: count }, (_, i) => {
    const entry = section.slice(38 + i * ENTRY, 38 + (i + 1) * ENTRY);
    if (entry[0] !== 16 || entry[17] !== 1 || entry[18] !== 64) refuse("E8002");
    return [hex(entry.subarray(1, 17)), entry.slice(19)] as const;
  });
  const hash = await sha256(rest);
  if (hex(hash) !== hex(section.subarray(5, 37))) refuse("E8004");
  await judge(trust, new Uint8Array([...encode("wasmsig\x01\x01\x01"), ...hash]), signed, expected);
  const { id, version } = named(rest);
  takes(expected, id, version);
  const module = bytes.slice(end - 8);
  module.set(bytes.subarray(0, 8));
  return module;
}

/** Verifies data that configures a policy; gives it without its head. Rejects as {@link verify} does. */
export async function verifyData(file: File | Promise<File>, trust: Trust, expected: ExpectedData): Promise<Data> {
  const bytes = await read(file);
  const start = latin(bytes.subarray(0, LONGEST_HEAD));
  if (!start.startsWith("riegel signed data 1")) refuse("E8001");
  const end = start.indexOf("\n\n") + 1;
  const [, text = "", policy = "", tenant, name, version = "", digest, lines] = HEAD.exec(start.slice(0, end)) ?? refuse("E8002");
  if (!VERSION.test(version)) refuse("E8002");
  const data = bytes.slice(end + 1);
  if (hex(await sha256(data)) !== digest) refuse("E8004");
  const signed = Array.from(lines!.matchAll(/ (.{32}) (.*)\n/g), ([, id, signature]) => [id!, unhex(signature!)] as const);
  await judge(trust, encode(text), signed, expected);
  if (tenant !== (expected.tenant ?? undefined)) refuse("E8008", "tenant");
  if (name !== expected.name) refuse("E8008", "name");
  takes(expected, policy, version);
  return { bytes: data, version };
}

/** A copy: whoever holds the bytes must not change them between check and use. */
async function read(file: File | Promise<File>): Promise<Bytes> {
  if (!globalThis.crypto?.subtle) refuse("E2012");
  let bytes: Bytes;
  try {
    const found = await file;
    const response = found instanceof Response ? found : new Response(found);
    if (!response.ok) refuse("E6001", String(response.status));
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw error instanceof RiegelError ? error : new RiegelError("E6001");
  }
  return bytes.length > MOST_BYTES ? refuse("E2001") : bytes;
}

/** Returns where a key that counts today signed the message, and none of the trust set did so wrongly. */
async function judge(trust: Trust, message: Bytes, signed: Signed, { today = new Date().toISOString().slice(0, 10) }: Expected): Promise<void> {
  if (new Set(signed.map(([id]) => id)).size < signed.length) refuse("E8002");
  if (!isDay(today)) refuse("E3008", "today");
  const keys = await keysOf(trust);
  let good = false;
  let why = "E8003";
  let whose = "";
  for (const [id, signature] of signed) {
    const trusted = keys.get(id);
    if (!trusted) continue;
    const [key, { from, until, revoked }] = trusted;
    if (!(await crypto.subtle.verify("Ed25519", key, signature, message))) refuse("E8004", id);
    const code = revoked !== undefined ? "E8005" : (from !== undefined && today < from) || (until !== undefined && until < today) ? "E8006" : "";
    if (!code) good = true;
    else if (why !== "E8005" && (why === "E8003" || code === "E8005")) [why, whose] = [code, id];
  }
  if (!good) refuse(why, whose);
}

/** The keys of a trust set by id. What is not understood is refused: it would trust too much or too little. */
async function keysOf(trust: Trust): Promise<Map<string, readonly [CryptoKey, TrustedKey]>> {
  const keys = new Map<string, readonly [CryptoKey, TrustedKey]>();
  const list: unknown = (trust as Trust | null)?.keys;
  if (!Array.isArray(list) || list.length > MOST_KEYS || Object.keys(trust).length > 1) refuse("E8009");
  for (const [i, each] of (list as TrustedKey[]).entries()) {
    const bad = (what: string): never => refuse("E8009", `/keys/${i}${what}`);
    if (typeof each !== "object" || !each) bad("");
    const { key, name, from, until, revoked, ...others } = each;
    for (const other in others) bad(`/${other}`);
    for (const [what, day] of Object.entries({ from, until, revoked })) if (day !== undefined && !isDay(day)) bad(`/${what}`);
    if (from && until && until < from) bad("/until");
    if (name !== undefined && (typeof name !== "string" || [...name].length > 100 || /\p{Cc}/u.test(name))) bad("/name");
    if (typeof key !== "string" || !/^01[\da-f]{64}$/.test(key)) bad("/key");
    const bytes = unhex(key);
    const id = hex((await sha256(bytes)).subarray(0, 16));
    if (keys.has(id)) bad("/key");
    let imported: CryptoKey | undefined;
    try {
      imported = await crypto.subtle.importKey("raw", bytes.slice(1), "Ed25519", false, ["verify"]);
    } catch (error) {
      // This engine does not know Ed25519, or the key is none.
      if ((error as Error | null)?.name === "NotSupportedError") refuse("E2012", "Ed25519");
      bad("/key");
    }
    keys.set(id, [imported!, each]);
  }
  return keys;
}

function isDay(text: unknown): text is string {
  return typeof text === "string" && DAY.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

function takes({ policy, lowest }: Expected, id: string, version: string): void {
  if (typeof policy !== "string" || id !== policy) refuse("E8008", "policy");
  if (lowest === undefined || lowest === null) return;
  if (!VERSION.test(lowest)) refuse("E6004", "lowest");
  if (lower(version, lowest)) refuse("E8007", version);
}

/** What the section `riegel.policy` says, which is there once. */
function named(sections: Bytes): { id: string; version: string } {
  const found: Bytes[] = [];
  const number = (at: number): readonly [value: number, next: number] => {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      const byte = sections[at + i] ?? refuse("E8002");
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return [value, at + i + 1];
    }
    return refuse("E8002");
  };
  for (let at = 0; at < sections.length; ) {
    const [size, content] = number(at + 1);
    const end = content + size;
    if (end > sections.length) refuse("E8002");
    if (!sections[at]) {
      const [length, name] = number(content);
      if (name + length > end) refuse("E8002");
      if (latin(sections.subarray(name, name + Math.min(length, 14))) === "riegel.policy") found.push(sections.subarray(name + length, end));
    }
    at = end;
  }
  try {
    const { id, version } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(found[0])) as { id: unknown; version: unknown };
    if (found.length === 1 && typeof id === "string" && typeof version === "string" && version.length <= 64 && VERSION.test(version)) return { id, version };
  } catch {
    // Said below.
  }
  return refuse("E8002", "riegel.policy");
}
