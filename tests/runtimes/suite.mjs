// What every runtime runs: the shared vectors, through the SDK. Plain ES, no system: a runner hands
// over the package, the modules' bytes (or compiled modules) and the vectors.
//
// Each vector is asked as bytes, with a guard that has its own instance and with one that served all
// vectors before; and where an event can say it, once more as an event. All records are put behind
// each other (name, length, bytes; the build id, which depends on the kernel, is zero) and digested,
// so that one line per runtime can be compared.

const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The event of a vector as JSON would have it; nothing where its bytes are no text, or it is damaged. */
export function eventOf({ event, text }) {
  if (!event) return undefined;
  const bytes = unhex(text);
  try {
    const parts = event.parts.map(({ offset, length, role, direction }) => ({ role, direction, text: strict.decode(bytes.subarray(offset, offset + length)) }));
    const whole = event.parts.reduce((end, { offset, length }) => (offset === end ? end + length : NaN), 0) === bytes.length;
    return whole ? { today: event.today, ...event.attributes, ...(parts.length && { content: parts }) } : undefined;
  } catch {
    return undefined;
  }
}

/** The parameters that a configuration frame sets. */
export function paramsOf(schema, config) {
  const bytes = unhex(config);
  const view = new DataView(bytes.buffer);
  const text = (at) => strict.decode(bytes.subarray(view.getUint32(at, true), view.getUint32(at, true) + view.getUint32(at + 4, true)));
  return Object.fromEntries(Array.from({ length: view.getUint32(8, true) }, (_, i) => {
    const at = 12 + 12 * i;
    const { name, type } = schema.params[view.getUint32(at, true)];
    const value = view.getInt32(at + 4, true);
    if (type === "bool") return [name, value === 1];
    if (type === "int") return [name, value];
    if (type === "date") return [name, new Date(value * 86_400_000).toISOString().slice(0, 10)];
    return [name, Array.from({ length: view.getUint32(at + 8, true) }, (_, k) => text(value + 8 * k))];
  }));
}

/** `corpora`: `{name, module, vectors}`. Gives counts, what went wrong, and the digest of all records. */
export async function run({ Guard }, corpora) {
  const wrong = [];
  const all = [];
  let [vectors, events] = [0, 0];
  for (const { name, module, vectors: list } of corpora) {
    const shared = await Guard.load(module);
    for (const vector of list) {
      vectors++;
      const say = (what) => wrong.push(`${name}: ${vector.name}: ${what}`);
      try {
        const guard = vector.config || vectors % 16 === 0 ? await Guard.load(module) : shared;
        if (vector.config) guard.configure(paramsOf(guard.schema, vector.config));
        const record = guard.decideBytes(unhex(vector.frame), unhex(vector.text));
        const build = hex(record.subarray(16, 32));
        if (build !== guard.policy.build) say("another build");
        record.fill(0, 16, 32);
        all.push(`${name}\n${vector.name}\n${hex(record)}\n`);
        if (hex(record) !== vector.record) say(`the record is ${hex(record)}`);
        const event = eventOf(vector);
        if (event) {
          events++;
          const { record: again, failure } = guard.decide(event);
          if (failure) say(failure.message);
          else if (hex(again.fill(0, 16, 32)) !== vector.record) say(`as an event the record is ${hex(again)}`);
        }
      } catch (error) {
        say(String(error?.message ?? error));
      }
    }
  }
  const digest = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(all.join("")))));
  return { vectors, events, wrong: wrong.slice(0, 10), failed: wrong.length, digest };
}

/** The digest that is right. */
export async function expected(corpora) {
  const all = corpora.flatMap(({ name, vectors }) => vectors.map((vector) => `${name}\n${vector.name}\n${vector.record}\n`));
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(all.join("")))));
}
