// What the extension itself says, in German and English. What a rule tells a person comes from its
// policy. One sentence what, one sentence why, one button that is the right thing to do.

import type { Verdict } from "@riegel/guard";

export type Language = "de" | "en";

const DE = {
  guard: "Riegel: Prüfung vor dem Senden",
  title: {
    allow: "",
    log: "",
    warn: "Gut zu wissen",
    justify: "Ein kurzer Grund, bitte",
    redact: "Erst schwärzen, dann weiter",
    approve: "Freigabe nötig",
    block: "Das bleibt besser hier",
  } as Readonly<Record<Verdict, string>>,
  found: "Gefunden",
  more: (count: number) => `und ${count} weitere`,
  why: "Worauf sich das stützt",
  insert: "Schwärzen und einfügen",
  send: "Schwärzen; danach senden Sie selbst",
  request: "Geschwärzt senden",
  cancel: { insert: "Nicht einfügen", send: "Zurück zum Text", file: "Nicht hochladen", request: "Nicht senden" },
  reason: "Wofür wird das gebraucht?",
  reasonNote: "Der Grund bleibt auf diesem Gerät. Bitte keine Namen oder Daten hineinschreiben.",
  reasonFound: "Im Grund steht etwas Schützenswertes. Bitte ohne Namen und Daten.",
  withReason: { insert: "Mit diesem Grund einfügen", send: "Mit diesem Grund senden", file: "Mit diesem Grund hochladen", request: "Mit diesem Grund senden" },
  approval: (role: string) => `Um Freigabe bitten (${role})`,
  approvalNote: "Ihr E-Mail-Programm öffnet sich mit einem Entwurf. Er enthält nichts von Ihrem Text.",
  tool: (name: string) => `Text kopieren und ${name} öffnen`,
  failed: "Die Prüfung hat nicht rechtzeitig geantwortet. Vorsichtshalber geht nichts weiter. Bitte versuchen Sie es noch einmal; hilft das nicht, sagen Sie der IT Bescheid.",
  renewed: "Die Prüfung wurde erneuert und gilt erst nach dem Neuladen dieser Seite. Bis dahin geht nichts weiter. Kopieren Sie Ihren Text bei Bedarf und laden Sie die Seite neu.",
  stillHere: "Auch geschwärzt darf dieser Text nicht weiter. Er bleibt hier.",
  again: "Geprüft, alles in Ordnung. Bitte noch einmal senden.",
  redacted: (count: number) => (count === 1 ? "Eine Stelle geschwärzt. In der Antwort sehen nur Sie den Klartext." : `${count} Stellen geschwärzt. In der Antwort sehen nur Sie den Klartext.`),
  close: "Schließen",
  lesson: "Kurz gelernt",
  understood: "Verstanden",
  answer: "Zu dieser Antwort",
  covered: "Verdeckte Stellen sind in der Antwort schwarz überlegt.",
  written: "Hier antwortet eine KI. Wo Sie den Text weitergeben, genügt: „Mit Unterstützung von KI erstellt“.",
  clear: "Klartext, nur für Sie sichtbar",
  net: "Die Seite wollte etwas senden, das noch nicht geprüft war. Es wurde angehalten.",
  mailSubject: (rule: string) => `Freigabe für eine KI-Eingabe (${rule})`,
  mailBody: (host: string, rule: string, day: string) => `Guten Tag,\n\nich bitte um Freigabe für eine Eingabe bei ${host}.\nRegel: ${rule}\nTag: ${day}\n\nWofür ich das brauche:\n\n(Bitte hier beschreiben, ohne die geschützten Angaben selbst.)\n`,
  unreadable: "Diese Datei lässt sich hier nicht lesen, darum kann niemand sehen, was darin steht.",
};

const EN: typeof DE = {
  guard: "Riegel: check before sending",
  title: {
    allow: "",
    log: "",
    warn: "Good to know",
    justify: "A short reason, please",
    redact: "Redact first, then go on",
    approve: "Approval needed",
    block: "This had better stay here",
  },
  found: "Found",
  more: (count) => `and ${count} more`,
  why: "What this rests on",
  insert: "Redact and insert",
  send: "Redact; then you send it yourself",
  request: "Send it redacted",
  cancel: { insert: "Do not insert", send: "Back to the text", file: "Do not upload", request: "Do not send" },
  reason: "What is it needed for?",
  reasonNote: "The reason stays on this device. Please leave out names and data.",
  reasonFound: "There is something in the reason that should be protected. Please leave out names and data.",
  withReason: { insert: "Insert with this reason", send: "Send with this reason", file: "Upload with this reason", request: "Send with this reason" },
  approval: (role) => `Ask for approval (${role})`,
  approvalNote: "Your mail program opens with a draft. Nothing of your text is in it.",
  tool: (name) => `Copy the text and open ${name}`,
  failed: "The check did not answer in time. To be careful, nothing goes on. Please try once more; if that does not help, tell your IT team.",
  renewed: "The check was renewed and works once this page is reloaded. Until then nothing goes on. Copy your text if you need it, and reload the page.",
  stillHere: "Even redacted this text may not go on. It stays here.",
  again: "Checked, all in order. Please send once more.",
  redacted: (count) => (count === 1 ? "One place redacted. In the answer only you see the real value." : `${count} places redacted. In the answer only you see the real values.`),
  close: "Close",
  lesson: "A short lesson",
  understood: "Understood",
  answer: "About this answer",
  covered: "Covered places are blacked out in the answer.",
  written: "An AI answers here. Where you pass the text on, this is enough: “Written with the help of AI”.",
  clear: "Real values, for your eyes only",
  net: "The page was about to send something that had not been checked. It was held.",
  mailSubject: (rule) => `Approval for an AI input (${rule})`,
  mailBody: (host, rule, day) => `Hello,\n\nI ask for approval of an input to ${host}.\nRule: ${rule}\nDay: ${day}\n\nWhat I need it for:\n\n(Please describe it here, without the protected details themselves.)\n`,
  unreadable: "This file cannot be read here, so nobody can see what is in it.",
};

export type Words = typeof DE;

/** The words of a language. */
export const wordsIn = (language: Language): Words => (language === "de" ? DE : EN);

/** A language of ours: German where German is asked for, English everywhere else. */
export const languageOf = (tag: string): Language => (/^de\b/i.test(tag) ? "de" : "en");
