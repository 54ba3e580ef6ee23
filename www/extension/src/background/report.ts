// Reports: batches of lines without content, only where an address is set. They are sent once a day
// has ended, so nobody sees an hour; what cannot be sent waits in the journal, which is bounded.

import { web } from "../shared/browser.js";
import type { Settings } from "../shared/settings.js";
import { fold, type Line } from "../shared/record.js";
import { entries, REPORTED } from "./journal.js";

/** In milliseconds; what did not arrive by then is sent again. */
const PATIENCE = 30_000;

/** Sends what belongs to days that ended. `today` is left for tomorrow. */
export async function report({ report_url }: Settings, today = new Date().toISOString().slice(0, 10)): Promise<void> {
  if (!report_url) return;
  const since = ((await web.storage.local.get(REPORTED))[REPORTED] as number | undefined) ?? 0;
  const due = (await entries()).filter(({ id, day }) => id > since && day < today);
  const last = due.at(-1)?.id;
  if (last === undefined) return;
  const lines: Line[] = fold(due.map(({ id: _, reason: __, ...line }) => line));
  const response = await fetch(report_url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ format: "riegel-report-1", lines }),
    credentials: "omit",
    referrerPolicy: "no-referrer",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  }).catch(() => undefined);
  if (response?.ok) await web.storage.local.set({ [REPORTED]: last });
}
