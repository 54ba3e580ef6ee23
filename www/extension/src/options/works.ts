// The page for the works council: what is recorded and what is not, from the description that the
// code itself records by.

import { web } from "../shared/browser.js";
import type { Overview } from "../background/admin.js";
import { NEVER, RECORD } from "../shared/record.js";
import { make, table } from "./dom.js";

const DE = {
  title: "Was Riegel erfasst, und was nicht",
  intro: "Diese Seite entsteht aus derselben Beschreibung, nach der die Erweiterung schreibt. Anderes als hier steht, kann sie nicht erfassen.",
  where: "Wo es liegt",
  local: "Auf diesem Gerät, höchstens 1000 Zeilen; Sie können sie auf der Optionsseite lesen und löschen.",
  reports: (address: string) => `Zählungen werden nach dem Ende eines Tages an ${address} gesendet: gleiche Zeilen zusammengezählt, ohne Kennung von Gerät oder Person.`,
  none: "Es wird nichts gesendet: Die Firma hat keine Adresse dafür eingerichtet.",
  yes: "Das wird erfasst, wenn eine Regel greift",
  no: "Das wird nie erfasst",
  columns: ["Angabe", "Bedeutung", "Beispiel"],
  pages: "Nur auf Seiten von KI-Diensten. Auf anderen Seiten läuft kein Teil der Erweiterung.",
  group: "Gruppen unter fünf Menschen werden nicht getrennt gezählt: Die Abteilung bleibt dann leer.",
  reason: "Einen Grund, den jemand nennt, schreibt die Erweiterung nur auf diesem Gerät auf. Er wird nie gesendet.",
};
const EN: typeof DE = {
  title: "What Riegel records, and what it does not",
  intro: "This page is made from the same description that the extension writes by. It cannot record anything but what stands here.",
  where: "Where it lies",
  local: "On this device, at most 1,000 lines; you can read and delete them on the options page.",
  reports: (address) => `Counts are sent to ${address} after a day has ended: equal lines added up, without an id of device or person.`,
  none: "Nothing is sent: the company has set up no address for it.",
  yes: "This is recorded when a rule holds",
  no: "This is never recorded",
  columns: ["What", "Meaning", "Example"],
  pages: "Only on pages of AI services. On other pages no part of the extension runs.",
  group: "Groups under five people are not counted apart: the department then stays empty.",
  reason: "A reason that somebody gives is written down on this device only. It is never sent.",
};

void (async () => {
  const { language, settings } = (await web.runtime.sendMessage({ admin: "overview" })) as Overview;
  const words = language === "de" ? DE : EN;
  document.documentElement.lang = language;
  document.title = words.title;
  const rows = Object.entries(RECORD).map(([name, meaning]) => [name, meaning[language], meaning.example]);
  document.querySelector("#main")!.replaceChildren(
    make("h1", "", words.title),
    make("section", "", make("p", "", words.intro), make("p", "", words.pages), make("p", "", words.group), make("p", "", words.reason)),
    make("section", "", make("h2", "", words.yes), table(words.yes, words.columns, rows)),
    make("section", "", make("h2", "", words.no), make("ul", "", ...NEVER[language].map((text) => make("li", "", text)))),
    make("section", "", make("h2", "", words.where), make("p", "", words.local), make("p", "", settings.report_url ? words.reports(settings.report_url) : words.none)),
  );
})();
