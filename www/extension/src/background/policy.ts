// Which policy is active, and why.
//
//   packed          inside the extension: always there
//   kept            the last good one from the company's address, checked again when it is loaded
//   fetched         a newer one: signature, version, self-test; only then it is kept
//
// Invariant: a policy that fails any check changes nothing but what the options page says. Where an
// address is set and nothing good was ever fetched, the packed one applies.

import { Guard, RiegelError, type Params } from "@riegel/guard";
import { verify } from "@riegel/guard/trust";
import { web } from "../shared/browser.js";
import type { Settings } from "../shared/settings.js";
import { keep, kept } from "./store.js";

/** The active policy, and what is to be said about it. */
export interface Active {
  readonly guard: Guard;
  readonly from: "packed" | "managed";
  readonly day?: string;
  /** Why a newer one was refused, as a code; nothing where all is well. */
  readonly problem?: string;
}

const NAME = "managed";
const PROBLEM = "policy problem";
/** A server that takes the call and says nothing is away, in milliseconds: everything else waits behind it. */
const PATIENCE = 30_000;

async function packed(): Promise<Guard> {
  return Guard.load(fetch(web.runtime.getURL("policy.wasm"))).catch((error: RiegelError) => error.guard!);
}

/** Parameters, in the form that the module wants. */
function paramsOf({ params = [] }: Settings, guard: Guard): Params {
  return Object.fromEntries(
    params.map(({ name, value }) => {
      const type = guard.schema.params.find((param) => param.name === name)?.type;
      return [name, type === "bool" ? value === "true" : type === "int" ? Number(value) : type === "date" ? value : value.split(",").map((item) => item.trim())];
    }),
  );
}

/** Sets parameters; says the code where they are refused, and the policy's own values stay. */
function configured(guard: Guard, settings: Settings): string | undefined {
  try {
    if (settings.params?.length) guard.configure(paramsOf(settings, guard));
    return undefined;
  } catch (error) {
    return error instanceof RiegelError ? error.code : "E4101";
  }
}

/** Who signed it, for which policy, not older than what was taken before; then what any module is asked. */
async function load(bytes: ArrayBuffer, { keys = [], policy_id = "" }: Settings, lowest?: string): Promise<Guard> {
  return Guard.load(await verify(bytes, { keys }, { policy: policy_id, ...(lowest && { lowest }) }));
}

const codeOf = (error: unknown): string => (error instanceof RiegelError ? error.code : "E6001");

/** The active policy, without asking anybody. */
export async function active(settings: Settings): Promise<Active> {
  const problem = ((await web.storage.local.get(PROBLEM))[PROBLEM] as string | undefined) || undefined;
  const stored = settings.policy_url ? await kept(NAME) : undefined;
  if (stored && stored.address === settings.policy_url) {
    try {
      const guard = await load(stored.bytes, settings);
      const refused = configured(guard, settings) ?? problem;
      return { guard, from: "managed", day: stored.day, ...(refused && { problem: refused }) };
    } catch (error) {
      const guard = await packed();
      configured(guard, settings);
      return { guard, from: "packed", problem: codeOf(error) };
    }
  }
  const guard = await packed();
  const refused = configured(guard, settings) ?? (settings.policy_url ? problem : undefined);
  return { guard, from: "packed", ...(refused && { problem: refused }) };
}

/** Asks the company's address for a newer policy; says whether there is something new to know. */
export async function update(settings: Settings): Promise<boolean> {
  const address = settings.policy_url;
  if (!address) return false;
  const found = await kept(NAME);
  const before = found?.address === address ? found : undefined;
  try {
    const response = await fetch(address, { headers: before ? { "if-none-match": before.etag } : {}, credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
    if (response.status === 304) return await say("");
    if (!response.ok) return await say("E6001");
    const bytes = await response.arrayBuffer();
    const { policy } = await load(bytes, settings, before?.version);
    const { version, build } = policy;
    await keep(NAME, { bytes, address, version, build, etag: response.headers.get("etag") ?? "", day: new Date().toISOString().slice(0, 10) });
    return (await say("")) || build !== before?.build;
  } catch (error) {
    return await say(codeOf(error));
  }
}

/** Writes down what is wrong with the newest policy; says whether that is news. */
async function say(problem: string): Promise<boolean> {
  const before = (await web.storage.local.get(PROBLEM))[PROBLEM] ?? "";
  await web.storage.local.set({ [PROBLEM]: problem });
  return before !== problem;
}
