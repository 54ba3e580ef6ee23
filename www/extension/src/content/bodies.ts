// Bodies of requests, as the texts in them: sites put a message into JSON, JSON inside of a form or
// of another JSON, frames with a prefix, lines of JSON. A scan of the raw bytes would miss escapes.

const MOST_DEPTH = 6;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** JSON in a text: all of it, or from its first bracket to the last. */
function jsonIn(text: string): readonly [before: string, value: unknown, after: string] | undefined {
  const start = text.search(/[[{]/);
  if (start < 0) return undefined;
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1;
  const value = parse(text.slice(start, end));
  return typeof value === "object" && value ? [text.slice(0, start), value, text.slice(end)] : undefined;
}

/** Pair by pair: one pattern over all of them would try every way to part them. */
const isForm = (text: string): boolean => {
  const [first = "", ...more] = text.replace(/^\?/, "").split("&");
  return /^[\w.\-~%[\]$]+=[^\s<>{}]*$/.test(first) && more.every((pair) => /^[\w.\-~%[\]$]*(?:=[^\s<>{}]*)?$/.test(pair));
};

/** Every text in a body. */
export function stringsIn(body: string, depth = 0): string[] {
  const text = body.trim();
  if (!text) return [];
  if (depth < MOST_DEPTH) {
    const json = jsonIn(text);
    if (json && json[0].length < 64) return [json[0], ...leaves(json[1], depth), json[2]].filter((piece) => piece.trim());
    const lines = text.split(/\r?\n|\x1e/);
    if (lines.length > 1 && lines.some((line) => jsonIn(line))) return lines.flatMap((line) => stringsIn(line, depth + 1));
    if (isForm(text)) return [...new URLSearchParams(text)].flatMap(([name, value]) => [name, ...stringsIn(value, depth + 1)]);
  }
  return [text];
}

function leaves(value: unknown, depth: number): string[] {
  if (typeof value === "string") return /^\s*[[{]/.test(value) ? stringsIn(value, depth + 1) : [value];
  if (typeof value === "number") return [String(value)];
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, depth));
  if (typeof value === "object" && value) return Object.entries(value).flatMap(([key, item]) => [key, ...leaves(item, depth)]);
  return [];
}

/** The body with other texts in it, in the same form. */
export function rewrite(body: string, clean: ReadonlyMap<string, string>, depth = 0): string {
  const text = body.trim();
  const exact = clean.get(text);
  if (exact !== undefined) return exact;
  if (depth >= MOST_DEPTH) return body;
  const json = jsonIn(text);
  if (json && json[0].length < 64) return (clean.get(json[0].trim()) ?? json[0]) + JSON.stringify(other(json[1], clean, depth)) + (clean.get(json[2].trim()) ?? json[2]);
  const parts = text.split(/(\r?\n|\x1e)/);
  if (parts.length > 1 && parts.some((line) => jsonIn(line))) return parts.map((line) => (line.trim() ? rewrite(line, clean, depth + 1) : line)).join("");
  if (isForm(text)) return new URLSearchParams([...new URLSearchParams(text)].map(([name, value]) => [name, rewrite(value, clean, depth + 1)])).toString();
  return body;
}

function other(value: unknown, clean: ReadonlyMap<string, string>, depth: number): unknown {
  if (typeof value === "string") return clean.get(value.trim()) ?? (/^\s*[[{]/.test(value) ? rewrite(value, clean, depth + 1) : value);
  if (Array.isArray(value)) return value.map((item) => other(item, clean, depth));
  if (typeof value === "object" && value) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, other(item, clean, depth)]));
  return value;
}
