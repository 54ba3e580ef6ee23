// Every text of the page, in German and English.

export type Language = "de" | "en";

const WORDS = {
  skip: ["To the policy", "Zum Regelwerk"],
  open: ["Open", "Öffnen"],
  share: ["Copy link", "Link kopieren"],
  shared: ["Link copied. It holds policy, event and content; whoever has it can read them.", "Link kopiert. Er enthält Regelwerk, Ereignis und Inhalt; wer ihn hat, kann sie lesen."],
  shareFailed: ["The link stands in the address bar.", "Der Link steht in der Adresszeile."],
  badLink: ["This link could not be read; here is an example instead.", "Dieser Link war nicht lesbar; stattdessen steht hier ein Beispiel."],
  dark: ["Dark", "Dunkel"],
  light: ["Light", "Hell"],
  policy: ["Policy", "Regelwerk"],
  format: ["Format", "Formatieren"],
  tests: ["Test", "Testen"],
  testsRunning: ["Tests are running …", "Tests laufen …"],
  noTests: ["There is no test in this policy yet.", "In diesem Regelwerk steht noch kein Test."],
  content: ["Content", "Inhalt"],
  contentHint: ["Paste or type what somebody wants to send", "Einfügen oder tippen, was jemand senden möchte"],
  event: ["Event: who, what, where", "Ereignis: wer, was, wohin"],
  decision: ["Decision", "Entscheidung"],
  private: ["Everything runs in this page. Nothing that you write here leaves it.", "Alles läuft in dieser Seite. Nichts, was Sie hier schreiben, verlässt sie."],
  loading: ["The compiler is starting …", "Der Compiler startet …"],
  checking: ["Checking …", "Wird geprüft …"],
  fine: ["No problems", "Keine Probleme"],
  error: ["error", "Fehler"],
  errors: ["errors", "Fehler"],
  warning: ["warning", "Warnung"],
  warnings: ["warnings", "Warnungen"],
  compiled: ["compiled in", "übersetzt in"],
  apply: ["Replace by", "Ersetzen durch"],
  stale: ["This decision is of the policy before the last change: the one on the left has errors.", "Diese Entscheidung gehört zum Stand vor der letzten Änderung: Das Regelwerk links hat Fehler."],
  none: ["No decision yet: the policy has errors.", "Noch keine Entscheidung: Das Regelwerk hat Fehler."],
  todo: ["What to do", "Was zu tun ist"],
  later: ["Later, when the policy is enforced", "Später, wenn das Regelwerk durchgesetzt wird"],
  why: ["Why", "Warum"],
  basis: ["Legal basis", "Grundlage"],
  because: ["because", "weil"],
  findings: ["Findings", "Funde"],
  noFindings: ["Nothing was found in the content.", "Im Inhalt wurde nichts gefunden."],
  unread: ["The content was not read: the facts alone decide.", "Der Inhalt wurde nicht gelesen: Die Angaben allein entscheiden."],
  redacted: ["After redaction", "Nach dem Schwärzen"],
  low: ["low", "niedrig"],
  medium: ["medium", "mittel"],
  high: ["high", "hoch"],
  perDecision: ["per decision", "je Entscheidung"],
  module: ["Module", "Modul"],
  licences: ["Licences", "Lizenzen"],
  code: ["code", "Code"],
  tables: ["tables", "Tabellen"],
  descriptions: ["descriptions", "Beschreibungen"],
  passed: ["passed", "bestanden"],
  failed: ["failed", "gescheitert"],
  but: ["but", "aber"],
  examples: ["Examples", "Beispiele"],
  packs: ["Packs", "Pakete"],
  yours: ["Your own", "Eigenes"],
  line: ["line", "Zeile"],
  badJson: ["This is not JSON: ", "Das ist kein JSON: "],
  crashed: ["The compiler stopped and was started again. Your text is untouched.", "Der Compiler blieb stehen und wurde neu gestartet. Ihr Text ist unverändert."],
  noStart: ["The compiler could not start. Riegel needs a current browser: WebAssembly with SIMD.", "Der Compiler konnte nicht starten. Riegel braucht einen aktuellen Browser: WebAssembly mit SIMD."],
} as const;

export type Word = keyof typeof WORDS;

let now: Language = "en";

export const language = (): Language => now;

/** A text in the language of the page. */
export function say(word: Word): string {
  return WORDS[word][now === "de" ? 1 : 0];
}

/** Speaks another language from now on. */
export function speak(language: Language): void {
  now = language;
  document.documentElement.lang = language;
  document.title = language === "de" ? "Riegel ausprobieren" : "Riegel playground";
  for (const element of document.querySelectorAll<HTMLElement>("[data-say]")) element.textContent = say(element.dataset["say"] as Word);
}

/** A number as people write it. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(now, { maximumFractionDigits: digits });
}
