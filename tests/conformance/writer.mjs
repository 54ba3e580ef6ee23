// Makes a frame writer for one schema: JavaScript source, to be put into a file when a host is built.
// A strict content security policy forbids to make code in a running page, so hosts take the file; the
// benchmark, whose opponent is made from its rules in the same way, takes `load`.
//
// The writer gives values as numbers, so a decision needs neither heap nor dictionaries. Where a value
// has no number it gives 0, and the host writes bytes (`FrameWriter`).

const ABSENT = "undefined";
/** Where a text is compared with more than these, it is looked up. */
const FEW = 8;

/**
 * Is the value this text? Length and one letter, the one that tells most of the others apart, are asked
 * first: an engine compares two texts letter by letter unless it has seen both before.
 */
const is = (value, text, texts) => {
  const likely = texts.filter((other) => other.length === text.length);
  const differing = (k) => new Set(likely.map((other) => other[k])).size;
  const k = [...text].map((_, k) => k).reduce((best, k) => (differing(k) > differing(best) ? k : best), 0);
  const letter = text && ` && ${value}.charCodeAt(${k}) === ${text.charCodeAt(k)}`;
  return `${value}.length === ${text.length}${letter} && ${value} === ${JSON.stringify(text)}`;
};

/** Is the text, which begins with a dot, the end of the value? */
const ends = (value, text) =>
  `${value}.length >= ${text.length} && ${value}.charCodeAt(${value}.length - ${text.length}) === 46 && ${value}.endsWith(${JSON.stringify(text)})`;

/** The source of `(words, at, event, today) => length`; `at` counts in words. */
export function source(schema) {
  const quoted = JSON.stringify;
  const tables = [];
  /** An expression for the number of a text; few texts are compared, many are looked up. */
  const number = (value, texts, of, otherwise) => {
    if (texts.length > FEW) {
      tables.push(`const map${tables.length} = new Map(${quoted(texts.map((text, i) => [text, of(i)]))});`);
      return `(map${tables.length - 1}.get(${value}) ?? ${otherwise})`;
    }
    return `(${texts.map((text, i) => `${value} === ${quoted(text)} ? ${of(i)} : `).join("")}${otherwise})`;
  };
  const body = [];
  schema.slots.forEach((slot, i) => {
    const [a, b] = [`words[at + ${6 + 2 * i}]`, `words[at + ${7 + 2 * i}]`];
    const path = slot.name.split(".");
    const dotted = path.length > 1 ? ` ?? event[${quoted(slot.name)}]` : "";
    const put = (first, second) => `${a} = ${first}; ${b} = ${second};`;
    const write = () => {
      if (slot.type === "bool") return put("value ? 2 : 1", 0);
      if (slot.type === "int") return put(1, "value");
      if (slot.type === "date") return put(1, `Date.parse(value + "T00:00:00Z") / 86400000`);
      if (slot.type === "enum") return put(number("value", slot.variants, (k) => k + 1, "0xffffffff"), 0);
      if (!slot.texts) return "return 0;";
      const few = slot.texts.length <= FEW;
      if (slot.type === "string") {
        const which = slot.texts.map((text, k) => `${is("value", text, slot.texts)} ? ${k + 1} : `).join("");
        return put(few ? `(${which}0)` : number("value", slot.texts, (k) => k + 1, 0), "0xffffffff");
      }
      if (slot.type === "host" && few) {
        const match = (text) => (text[0] === "." ? ends("value", text) : is("value", text, slot.texts));
        const mask = slot.texts.map((text, k) => `(${match(text)} ? ${2 ** k} : 0)`).join(" | ");
        return `if (!(value.length <= ${HOST / 3})) return 0; ${put(mask || 0, "0xffffffff")}`;
      }
      if (slot.type === "host") {
        tables.push(`const host${i} = hosts(${quoted(slot.texts)});`);
        return `const mask = host${i}(value); if (mask < 0) return 0; ${put("mask", "0xffffffff")}`;
      }
      const bit = number("text", slot.texts, (k) => 2 ** k, 0);
      return `let mask = 0; for (let k = 0; k < value.length; k++) { const text = value[k]; mask |= ${bit}; } ${put("mask", "0xffffffff")}`;
    };
    body.push(`  { // ${slot.name}
    const value = event${path.map((key) => `?.[${quoted(key)}]`).join("").replace("?.", "")}${dotted};
    if (value === ${ABSENT} || value === null) { ${put(0, 0)} }
    else { ${write()} }
  }`);
  });
  const header = [0x31454752, schema.hash, schema.slots.length, 0, "today", schema.dictionary];
  return `${HOSTS}
${tables.join("\n")}
export const write = (words, at, event, today) => {
${header.map((value, i) => `  words[at + ${i}] = ${value};`).join("\n")}
${body.join("\n")}
  return ${24 + 8 * schema.slots.length};
};
`;
}

// Bytes of the longest host that matches anything; a character of JavaScript is at most three.
const HOST = 255;

// Which texts a host matches: the one it is, and those that are its rest from a dot on. Hosts come
// again and again, so the last thousand are remembered.
const HOSTS = `const hosts = (texts) => {
  const bits = new Map(texts.map((text, i) => [text, 2 ** i]));
  const known = new Map();
  return (host) => {
    let mask = known.get(host);
    if (mask !== undefined) return mask;
    if (!/^[\\x00-\\x7f]{0,${HOST}}$/.test(host)) return -1;
    mask = bits.get(host) ?? 0;
    for (let i = host.indexOf(".", 1); i > 0; i = host.indexOf(".", i + 1)) mask += bits.get(host.slice(i)) ?? 0;
    if (known.size >= 1000) known.clear();
    known.set(host, mask);
    return mask;
  };
};`;

/** The writer itself, made at once. */
export const load = async (schema) => (await import(`data:text/javascript,${encodeURIComponent(source(schema))}`)).write;
