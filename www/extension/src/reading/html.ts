// The words of HTML and XML, without a document: a background has none. Tags go, entities are read;
// comments, scripts and attributes stay as text, for they travel with the file.

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", auml: "ä", ouml: "ö", uuml: "ü", Auml: "Ä", Ouml: "Ö", Uuml: "Ü", szlig: "ß", euro: "€", shy: "\u00ad" };

/** Entities as characters. */
export const entities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]{2,8}));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    const code = decimal ? Number(decimal) : hex ? parseInt(hex, 16) : undefined;
    if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return NAMED[name ?? ""] ?? whole;
  });

/** What a person reads, then what stands in attributes. A tag ends before the next one begins: text may have any number of `<`. */
export function htmlText(html: string): string {
  const attributes = [...html.matchAll(/\s(?:href|src|alt|title|value|content|placeholder)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))/gi)].map(([, a, b, c]) => a ?? b ?? c ?? "");
  const words = html.replace(/<!--|-->/g, " ").replace(/<\/?(?:p|div|br|tr|li|h[1-6]|table|section|article|td|th)\b[^<>]*>/gi, "\n").replace(/<[^<>]*>/g, "");
  return entities(`${words}\n${attributes.join("\n")}`);
}
