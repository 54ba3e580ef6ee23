// A host name as it is compared (semantics 3): lower-case A-labels, no port, no trailing dot.
// The module compares bytes, so spelling is settled here: `Bücher.Example.` and
// `xn--bcher-kva.example` are one name. The engine's own URL parser knows IDNA.

const LABELS = /^(?=.{1,253}$)[a-z\d_-]{1,63}(\.[a-z\d_-]{1,63})*$/;

/** The normal form; `undefined` where this is not a host name. */
export function normaliseHost(name: string): string | undefined {
  if (/[/?#@%\\\s]/.test(name)) return undefined;
  if (/^\[|:.*:/.test(name)) return address(name);
  let bare = name.endsWith(".") ? name.slice(0, -1) : name;
  bare = bare.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (/[^\0-\x7f]|xn--/.test(bare)) {
    // The label behind keeps the parser from reading numbers as an IPv4 address.
    try {
      bare = new URL(`http://${bare}.a`).hostname.slice(0, -2);
    } catch {
      return undefined;
    }
  }
  return LABELS.test(bare) ? bare : undefined;
}

/** An IPv6 address, with or without brackets, in its shortest form and without them. */
function address(name: string): string | undefined {
  try {
    const bare = new URL(`http://[${name.replace(/^\[(.*)\]$/, "$1")}]`).hostname.slice(1, -1);
    // As Rust prints it: an IPv4 address inside keeps its dots.
    return bare.replace(/^(::ffff:)([\da-f]+):([\da-f]+)$/, (_, head: string, high: string, low: string) => {
      const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
      return `${head}${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
    });
  } catch {
    return undefined;
  }
}
