// Which page, which way in, which verdict: pairwise, or all of them (`RIEGEL_FULL`).
import { PERSON, TOKEN } from "./support.mjs";

export const PAGES = ["textarea", "form", "prosemirror", "lexical", "quill", "codemirror", "slate", "shadow", "strict", "rerender", "hook", "socket", "frame", "foreign"];
export const WAYS = ["paste", "drop", "enter", "button", "choose", "file", "request"];
export const VERDICTS = ["allow", "warn", "justify", "redact", "approve", "block"];

/** Texts and sites that lead to a verdict. `secret` must not arrive where it is stopped. */
export const SAYS = {
  allow: { host: "ki.localhost", text: "Welche drei Titel passen zu einem Beitrag", secret: "Beitrag" },
  warn: { host: "chat.localhost", text: "Welche Farbe passt zu einer Pumpe", secret: "Pumpe" },
  justify: { host: "chat.localhost", text: "Preisliste 2027, nur für den internen Gebrauch. Pumpe P-200: 480 Euro", secret: "480 Euro" },
  redact: { host: "chat.localhost", text: `Bitte antworte ${PERSON} bald`, secret: PERSON },
  approve: { host: "ki.localhost", text: "Herr Demo ist bis zum 14. Dezember krankgeschrieben. Plane bitte die Vertretung", secret: "krankgeschrieben" },
  block: { host: "chat.localhost", text: `Mein Schlüssel ist ${TOKEN} und geht nicht`, secret: TOKEN },
};

/** Settings under which the texts mean that. */
export const SETTINGS = {
  company: "Muster-IT",
  language: "de",
  tenant: "muster-pumpen",
  services: [
    { host: "chat.localhost", kind: "ai_chat" },
    { host: "ki.localhost", kind: "ai_chat", approved: true, processing_agreement: true, no_training: true, region: "de" },
  ],
};

/** A form sends by its own button; Quill itself takes no text that is dropped. */
const makesSense = ({ page, way }, able) => able.has(way) && !(page === "quill" && way === "drop") && !(page === "form" && way === "enter") && !(page === "socket" && (way === "drop" || way === "file"));

/** Every pair of page, way and verdict at least once; or everything. */
export function cases(able, full = !!process.env.RIEGEL_FULL) {
  const all = PAGES.flatMap((page) => WAYS.flatMap((way) => VERDICTS.map((verdict) => ({ page, way, verdict })))).filter((one) => makesSense(one, able));
  if (full) return all;
  const open = new Set(all.flatMap(pairs));
  const chosen = [];
  while (open.size) {
    let [best, most] = [undefined, 0];
    for (const one of all) {
      const gain = pairs(one).filter((pair) => open.has(pair)).length;
      if (gain > most) [best, most] = [one, gain];
    }
    chosen.push(best);
    for (const pair of pairs(best)) open.delete(pair);
  }
  return chosen.sort((a, b) => PAGES.indexOf(a.page) - PAGES.indexOf(b.page));
}

const pairs = ({ page, way, verdict }) => [`${page}+${way}`, `${page}+${verdict}`, `${way}+${verdict}`];

/** The table: pages down, ways across, a letter per verdict that held. */
export function table(name, done) {
  const letter = { allow: "a", warn: "w", justify: "j", redact: "r", approve: "p", block: "b" };
  const lines = PAGES.map((page) => [page, ...WAYS.map((way) => done.filter((one) => one.page === page && one.way === way).map(({ verdict }) => letter[verdict]).join("") || "-")]);
  const rows = [[name, ...WAYS], ...lines];
  return rows.map((row) => row.map((cell) => cell.padEnd(12)).join("").trimEnd()).join("\n") + "\n(a)llow (w)arn (j)ustify (r)edact a(p)prove (b)lock";
}
