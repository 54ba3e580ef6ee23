// The day. No module sees a clock (semantics 4): the host computes `today` in the policy's time
// zone, or takes it from the event.

const DAY = 86_400_000;
/** The offset of every time zone changes at a quarter of an hour, if at all. */
const QUARTER = 900_000;

/** Days since 1970-01-01 of `YYYY-MM-DD`; `undefined` where there is no such day. */
export function parseDay(text: unknown): number | undefined {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d$/.test(text) || text < "0001") return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  return new Date(time || 0).toISOString().startsWith(text) ? time / DAY : undefined;
}

/** A clock that knows the day in a time zone; throws a `RangeError` where there is no such zone. */
export function clock(zone: string): () => number {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  let quarter = NaN;
  let day = 0;
  return () => {
    const now = Math.floor(Date.now() / QUARTER);
    if (now !== quarter) {
      quarter = now;
      const parts = Object.fromEntries(format.formatToParts(now * QUARTER).map(({ type, value }) => [type, value]));
      day = Date.UTC(Number(parts["year"]), Number(parts["month"]) - 1, Number(parts["day"])) / DAY;
    }
    return day;
  };
}
