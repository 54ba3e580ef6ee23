// Lessons of three sentences, for rules that train (`train "…"`). A unit that is not here is shown
// by its name, with what the rule says.

import type { Language } from "./words.js";

const LESSONS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  "secrets-basics": {
    de: "Ein Schlüssel oder Passwort öffnet jedem die Tür, der es liest, auch dem Betreiber eines KI-Dienstes. Darum steht im Text an seine Stelle ein Platzhalter wie DEIN_SCHLUESSEL; die KI braucht den Wert nie. War er schon irgendwo eingefügt, wird er ausgetauscht: kurz der IT Bescheid sagen genügt.",
    en: "A key or password opens the door for everybody who reads it, the operator of an AI service included. So a placeholder such as YOUR_KEY stands in its place; the AI never needs the value. If it was pasted anywhere before, it is replaced: a short word to IT is enough.",
  },
  "pci-basics": {
    de: "Mit einer vollständigen Kartennummer kann jemand einkaufen. Deshalb verlässt sie das Haus nur zu Diensten mit PCI-Nachweis. Für fast jede Aufgabe genügen die letzten vier Ziffern.",
    en: "With a whole card number somebody can go shopping. So it leaves the house only for services with a PCI attestation. For nearly every task the last four digits are enough.",
  },
  "ai-basics": {
    de: "Was Sie eingeben, verlässt die Firma und liegt bei einem Anbieter. Namen, Nummern und Interna gehören darum nur in freigegebene Dienste. Antworten klingen immer sicher und können falsch sein: Wichtiges bitte selbst prüfen.",
    en: "What you enter leaves the company and lies with a provider. So names, numbers and internals belong only in approved services. Answers always sound sure and can be wrong: please check what matters yourself.",
  },
};

/** The lesson of a unit; nothing where we have none. */
export const lessonOf = (unit: string, language: Language): string | undefined => LESSONS[unit]?.[language];
