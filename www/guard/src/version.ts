// Versions: Semantic Versioning 2.0.0 (docs/semantics.md 63).

const NUMBER = "(0|[1-9]\\d{0,8})";
const WORDS = "([\\dA-Za-z-]+(?:\\.[\\dA-Za-z-]+)*)";
/** What is a version: three numbers, words behind `-`, words behind `+`. */
export const VERSION = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${WORDS})?(?:\\+${WORDS})?$`);

/** Is a version older than another? What stands behind `+` does not count. */
export function lower(version: string, other: string): boolean {
  const [[, ...ours], [, ...theirs]] = [VERSION.exec(version)!, VERSION.exec(other)!];
  for (let i = 0; i < 3; i++) if (ours[i] !== theirs[i]) return Number(ours[i]) < Number(theirs[i]);
  const [pre, behind] = [ours[3], theirs[3]];
  if (pre === undefined || behind === undefined) return pre !== behind && behind === undefined;
  const [words, others] = [pre.split("."), behind.split(".")];
  for (const [i, word] of words.entries()) {
    const that = others[i];
    if (that === undefined) return false;
    const order = compare(word, that);
    if (order) return order < 0;
  }
  return words.length < others.length;
}

/** Numbers by value, of any length, and before words; words by their characters. */
function compare(one: string, other: string): number {
  const [number, that] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (number !== that) return number ? -1 : 1;
  if (number) {
    [one, other] = [one.replace(/^0+/, ""), other.replace(/^0+/, "")];
    if (one.length !== other.length) return one.length - other.length;
  }
  return one < other ? -1 : Number(one > other);
}
