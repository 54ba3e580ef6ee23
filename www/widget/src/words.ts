// What the widget itself says. What a rule tells a person comes from its policy.

import type { Verdict } from "@riegel/guard";

/** Everything it says, in one language. */
export interface Words {
  readonly label: string;
  readonly disclosure: string;
  readonly title: Readonly<Record<Verdict, string>>;
  readonly redact: string;
  readonly redactAndSend: string;
  readonly reason: string;
  readonly sendWithReason: string;
  readonly approve: string;
  readonly asked: string;
  readonly show: string;
  readonly back: string;
  readonly redacted: (count: number) => string;
  readonly unready: readonly [title: string, text: string];
  readonly stopped: string;
  readonly check: string;
  readonly written: string;
}

const DE: Words = {
  label: "Prüfung vor dem Senden",
  disclosure: "Hier antwortet eine KI. Sie kann sich irren; Wichtiges bitte selbst prüfen.",
  title: {
    allow: "",
    log: "",
    warn: "Gut zu wissen",
    justify: "Ein kurzer Grund, bitte",
    redact: "Erst schwärzen",
    approve: "Freigabe nötig",
    block: "Das bleibt besser hier",
  },
  redact: "Markierte Stellen schwärzen",
  redactAndSend: "Schwärzen und senden",
  reason: "Wofür wird das gebraucht?",
  sendWithReason: "Mit diesem Grund senden",
  approve: "Um Freigabe bitten",
  asked: "Die Freigabe ist angefragt. Ihr Text bleibt so lange hier stehen.",
  show: "Stelle zeigen",
  back: "Zurück zum Text",
  redacted: (count) => (count === 1 ? "Eine Stelle geschwärzt. In der Antwort steht sie wieder im Klartext." : `${count} Stellen geschwärzt. In der Antwort stehen sie wieder im Klartext.`),
  unready: ["Die Prüfung ist nicht bereit", "Deshalb wird gerade nichts gesendet; Ihr Text bleibt hier stehen. Kopieren Sie ihn bei Bedarf und laden Sie die Seite neu. Hilft das nicht, sagen Sie bitte der IT Bescheid."],
  stopped: "Die Antwort wurde angehalten",
  check: "Zu dieser Antwort",
  written: "Mit Unterstützung von KI erstellt.",
};

const EN: Words = {
  label: "Check before sending",
  disclosure: "An AI answers here. It can be wrong; please check what matters yourself.",
  title: {
    allow: "",
    log: "",
    warn: "Good to know",
    justify: "A short reason, please",
    redact: "Redact first",
    approve: "Approval needed",
    block: "This had better stay here",
  },
  redact: "Redact the marked places",
  redactAndSend: "Redact and send",
  reason: "What is it needed for?",
  sendWithReason: "Send with this reason",
  approve: "Ask for approval",
  asked: "Approval has been asked for. Your text stays here until then.",
  show: "Show the place",
  back: "Back to the text",
  redacted: (count) => (count === 1 ? "One place redacted. It will be readable again in the answer." : `${count} places redacted. They will be readable again in the answer.`),
  unready: ["The check is not ready", "So nothing is sent for now; your text stays here. Copy it if you need it, and reload the page. If that does not help, please tell your IT team."],
  stopped: "The answer was stopped",
  check: "About this answer",
  written: "Written with the help of AI.",
};

/** German where German is asked for, English everywhere else. */
export const wordsIn = (lang: string): Words => (/^de\b/i.test(lang) ? DE : EN);
