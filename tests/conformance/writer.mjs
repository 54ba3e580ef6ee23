// Makes a frame writer for one schema: JavaScript source, to be put into a file when a host is built.
// A strict content security policy forbids to make code in a running page, so hosts take the file; the
// benchmark, whose opponent is made from its rules in the same way, takes `load`.
//
// The writer gives values as numbers, so a decision needs neither heap nor dictionaries. Where a value
// has no number it gives 0, and the host writes bytes (`FrameWriter`).

const ABSENT = "undefined";

/** The source of `(words, at, event, today) => length`; `at` counts in words. */
export function source(schema) {
  const quoted = JSON.stringify;
  const tables = [];
  /** An expression for the number of a text; few texts are compared, many are looked up. */
  const number = (value, texts, of, otherwise) => {
    if (texts.length > 8) {
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
      if (slot.type === "string") return put(number("value", slot.texts, (k) => k + 1, 0), "0xffffffff");
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

// Which texts a host matches: the one it is, and those that are its rest from a dot on. Hosts come
// again and again, so the last thousand are remembered.
const HOSTS = `const hosts = (texts) => {
  const bits = new Map(texts.map((text, i) => [text, 2 ** i]));
  const known = new Map();
  return (host) => {
    let mask = known.get(host);
    if (mask !== undefined) return mask;
    if (!/^[\\x00-\\x7f]{0,255}$/.test(host)) return -1;
    mask = bits.get(host) ?? 0;
    for (let i = host.indexOf(".", 1); i > 0; i = host.indexOf(".", i + 1)) mask += bits.get(host.slice(i)) ?? 0;
    if (known.size >= 1000) known.clear();
    known.set(host, mask);
    return mask;
  };
};`;

/** The writer itself, made at once. */
export const load = async (schema) => (await import(`data:text/javascript,${encodeURIComponent(source(schema))}`)).write;
