// A host name as it is compared (semantics 3): lower-case A-labels, no port, no trailing dot.
// The module compares bytes, so spelling is settled here: `Bücher.Example.` and
// `xn--bcher-kva.example` are one name. The engine's own URL parser knows IDNA.

const LABELS = /^(?=.{1,253}$)[a-z\d_-]{1,63}(\.[a-z\d_-]{1,63})*$/;

/** The normal form; `undefined` where this is not a host name. */
export function normaliseHost(name: string): string | undefined {
  try {
    const [, six] = /^\[?([\da-f.]*:[\da-f.:]*:[\da-f.]*)\]?$/i.exec(name) ?? [];
    if (six) {
      // As Rust prints it: an IPv4 address inside keeps its dots.
      return new URL(`http://[${six}]`).hostname.slice(1, -1).replace(/^(::ffff:)(\w+):(\w+)$/, (_, head: string, ...halves: string[]) => head + halves.slice(0, 2).flatMap((half) => [parseInt(half, 16) >> 8, parseInt(half, 16) & 255]).join("."));
    }
    // The label behind keeps the parser from reading numbers as an IPv4 address.
    const bare = /[/?#@%:\\\s]/.test(name) ? "" : new URL(`http://${name.replace(/\.$/, "")}.a`).hostname.slice(0, -2);
    return LABELS.test(bare) ? bare : undefined;
  } catch {
    return undefined;
  }
}
