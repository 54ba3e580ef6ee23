// The journal on this device: what was decided and chosen, without content. Bounded; the reasons that
// people give stay here and go nowhere else.

import { web } from "../shared/browser.js";
import type { Choice } from "../shared/messages.js";
import { fold, type Line } from "../shared/record.js";

/** A line of the journal, with the reason that was given. */
export interface Entry extends Line {
  readonly id: number;
  readonly reason?: string;
}

const KEY = "journal";
/** The number of the last entry that was reported. */
export const REPORTED = "reported";
const MOST = 1000;

let queue: Promise<unknown> = Promise.resolve();

/** One change at a time: two at once would lose one. */
function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const next = queue.then(change, change);
  queue = next.catch(() => undefined);
  return next;
}

/** All entries, the oldest first. */
export async function entries(): Promise<readonly Entry[]> {
  return ((await web.storage.local.get(KEY))[KEY] as Entry[] | undefined) ?? [];
}

let last = 0;
let first: Promise<number> | undefined;

/** A number for an entry that is about to be written: the next one, and not what the clock says. */
export async function nextId(): Promise<number> {
  first ??= Promise.all([entries(), web.storage.local.get(REPORTED)]).then(([all, { [REPORTED]: reported }]) => Math.max(all.at(-1)?.id ?? 0, (reported as number | undefined) ?? 0));
  last = Math.max(last, await first);
  return ++last;
}

/** Writes an entry. */
export const note = (id: number, line: Line): Promise<void> =>
  inTurn(async () => {
    const all = [...(await entries()), { id, ...line }];
    await web.storage.local.set({ [KEY]: all.slice(-MOST) });
  });

/** Notes what the person chose. Gives the line as it is now. */
export const chose = (id: number, choice: Choice, reason?: string): Promise<Line | undefined> =>
  inTurn(async () => {
    const all = [...(await entries())];
    const at = all.findLastIndex((entry) => entry.id === id);
    const found = all[at];
    if (!found) return undefined;
    all[at] = { ...found, choice, ...(reason && { reason }) };
    await web.storage.local.set({ [KEY]: all });
    const { id: _, reason: __, ...line } = all[at];
    return line;
  });

/** Lines without numbers and reasons, for reports and export. */
export async function lines(since = 0): Promise<Line[]> {
  return fold((await entries()).filter(({ id }) => id > since).map(({ id: _, reason: __, ...line }) => line));
}

/** Forgets everything. */
export const clear = (): Promise<void> => inTurn(() => web.storage.local.remove(KEY));
