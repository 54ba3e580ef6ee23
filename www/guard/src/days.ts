// The day. No module sees a clock (semantics 4): the host computes `today` in the policy's time
// zone, or takes it from the event.

export const DAY = 86_400_000;
/** The offset of every time zone changes at a quarter of an hour, if at all. */
const QUARTER = 900_000;

/** Days since 1970-01-01 of `YYYY-MM-DD`; `undefined` where there is no such day. */
export function parseDay(text: unknown): number | undefined {
  if (typeof text !== "string" || !/^(?!0000)\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const time = Date.parse(text) || 0;
  return new Date(time).toISOString().startsWith(text) ? time / DAY : undefined;
}

/** A clock that knows the day in a time zone; throws a `RangeError` where there is no such zone. */
export function clock(timeZone: string): () => number | undefined {
  // Swedish dates are written as ours are.
  const format = new Intl.DateTimeFormat("sv", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  let quarter = NaN;
  let day: number | undefined;
  return () => {
    const now = Math.floor(Date.now() / QUARTER);
    if (now !== quarter) day = parseDay(format.format((quarter = now) * QUARTER));
    return day;
  };
}
