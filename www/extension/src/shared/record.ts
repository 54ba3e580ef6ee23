// What is recorded, as one description: the journal and the reports are made by it, and the page for
// the works council is written from it.
//
// Invariant: no content, no name, no time of day. Test: test/records.test.mjs.

import type { Verdict } from "@riegel/guard";
import type { Choice } from "./messages.js";

/** One line: what happened on a day, alike in everything that is recorded, and how often. */
export interface Line {
  readonly day: string;
  readonly tenant: string;
  readonly department: string;
  readonly host: string;
  readonly action: string;
  readonly verdict: Verdict;
  readonly rules: readonly string[];
  /** Labels of what was found, and how many of each. */
  readonly found: Readonly<Record<string, number>>;
  readonly choice: Choice | "none";
  readonly count: number;
}

type Meaning = { readonly de: string; readonly en: string; readonly example: string };

/** What each part of a line is; there is no other. */
export const RECORD: Readonly<Record<keyof Line, Meaning>> = {
  day: { de: "Tag, ohne Uhrzeit", en: "Day, without the time", example: "2026-11-22" },
  tenant: { de: "Kennung der Firma beim Dienstleister", en: "The company's id at its provider", example: "muster-pumpen" },
  department: { de: "Abteilung, nur wenn ihr mindestens fünf Menschen angehören; sonst leer", en: "Department, only where at least five people belong to it; else empty", example: "Einkauf" },
  host: { de: "Adresse des KI-Dienstes, ohne Pfad", en: "Address of the AI service, without a path", example: "chat.muster-ki.example" },
  action: { de: "Einfügen, Ablegen, Hochladen, Senden oder Antwort", en: "Paste, drop, upload, send or answer", example: "paste" },
  verdict: { de: "Entscheidung", en: "Verdict", example: "redact" },
  rules: { de: "Namen der Regeln, die griffen", en: "Names of the rules that held", example: "personal_data_unprotected" },
  found: { de: "Arten der Funde und ihre Zahl, nie die Funde selbst", en: "Kinds of findings and how many, never the findings themselves", example: "EMAIL: 2" },
  choice: { de: "Was die Person wählte", en: "What the person chose", example: "redact" },
  count: { de: "Wie oft an diesem Tag", en: "How often on that day", example: "3" },
};

/** What is never recorded. */
export const NEVER = {
  de: ["der Text, auch nicht Teile oder Prüfsummen davon", "Dateinamen", "Name, Anmeldename oder Kennung der Person", "Kennung oder Adresse des Geräts", "Uhrzeiten", "Adressen von Seiten über den Namen des Dienstes hinaus", "der Grund, den jemand nennt (er bleibt auf dem Gerät)", "Seiten, die keine KI-Dienste sind"],
  en: ["the text, nor parts or hashes of it", "names of files", "name, login or id of the person", "id or address of the device", "times of day", "addresses of pages beyond the name of the service", "the reason that somebody gives (it stays on the device)", "pages that are no AI services"],
} as const;

/** Fewer people than this are not told apart. */
const LEAST_GROUP = 5;

/** The department, where its group is large enough not to point at a person. */
export const departmentOf = (department = "", size = 0): string => (size >= LEAST_GROUP ? department : "");

const same = ({ count: _, ...line }: Line): string => JSON.stringify(line);

/** Lines that are alike become one. */
export function fold(lines: readonly Line[]): Line[] {
  const folded = new Map<string, Line>();
  for (const line of lines) {
    const key = same(line);
    folded.set(key, { ...line, count: line.count + (folded.get(key)?.count ?? 0) });
  }
  return [...folded.values()];
}
