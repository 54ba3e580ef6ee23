// `@riegel/guard/words`: the SDK's own words, in German and English. What a rule tells a person
// comes from its policy (`decision.messages`); everything around it stands here.

import type { Decision, Obligation, ObligationKind, RiegelError, Verdict } from "@riegel/guard";

type Pair = readonly [en: string, de: string];

const VERDICT: Record<Verdict, Pair> = {
  allow: ["Allowed", "Erlaubt"],
  log: ["Allowed, logged", "Erlaubt, wird protokolliert"],
  warn: ["Please note", "Hinweis"],
  justify: ["Reason needed", "Begründung nötig"],
  redact: ["Redact first", "Erst schwärzen"],
  approve: ["Approval needed", "Freigabe nötig"],
  block: ["Stopped", "Gestoppt"],
};

/** `#` is the obligation's argument. */
const TODO: Record<ObligationKind, Pair> = {
  show: ["", ""],
  justify: ["Give a reason before going on", "Begründung angeben, bevor es weitergeht"],
  redact: ["Redact the marked places", "Markierte Stellen schwärzen"],
  approve: ["Ask for approval by: #", "Freigabe einholen bei: #"],
  disclose: ["Tell people that AI is used", "Offenlegen, dass KI eingesetzt wird"],
  train: ["Take the training unit: #", "Schulung absolvieren: #"],
  label: ["Label the content as: #", "Inhalt kennzeichnen als: #"],
  notify: ["To be notified: #", "Benachrichtigt wird: #"],
};

/** Error codes of a record, from 1 on. */
const RECORD_ERRORS: readonly Pair[] = [
  ["The event could not be read.", "Das Ereignis war nicht lesbar."],
  ["The event was written for another policy.", "Das Ereignis gehört zu einem anderen Regelwerk."],
  ["A required attribute is missing", "Eine Pflichtangabe fehlt"],
  ["The parts of the content do not fit it.", "Die Aufteilung des Inhalts ist fehlerhaft."],
  ["A rule asks for redaction, but there was nothing to redact.", "Es gab nichts zu schwärzen, obwohl eine Regel es verlangt."],
  ["There are too many findings to redact all of them.", "Es gibt zu viele Funde, um alle zu schwärzen."],
  ["The content is too large for the memory of the check.", "Der Inhalt ist zu groß für den Speicher der Prüfung."],
  ["The key of a list is missing, or another one, so its values could not be looked for.", "Der Schlüssel einer Liste fehlt oder ist ein anderer, darum konnte nicht nach ihren Werten gesucht werden."],
];

/** Code: what is wrong and the next step, in English and in German. */
const ERRORS: Record<string, readonly [string, string, string, string]> = {
  E2001: ["the module is too large", "raise `limits.moduleBytes`", "das Modul ist zu groß", "`limits.moduleBytes` erhöhen"],
  E2002: ["the module has no digest", "build it again", "dem Modul fehlt die Prüfsumme", "neu bauen"],
  E2003: ["the module was damaged", "fetch or build it again", "das Modul ist beschädigt", "neu laden oder neu bauen"],
  E2005: ["the module has imports", "load modules of `riegel build` only", "das Modul hat Importe", "nur Module von `riegel build` laden"],
  E2006: ["the module lacks an export", "load modules of `riegel build` only", "dem Modul fehlt ein Export", "nur Module von `riegel build` laden"],
  E2007: ["a section cannot be read", "update this package, or build again", "ein Abschnitt ist nicht lesbar", "dieses Paket erneuern oder neu bauen"],
  E2008: ["the module has another ABI version", "update this package, or build again", "das Modul hat eine andere ABI-Version", "dieses Paket erneuern oder neu bauen"],
  E2009: ["the module may cost too much", "raise `limits`, or shorten the policy's patterns", "das Modul kann zu teuer werden", "`limits` erhöhen oder Muster kürzen"],
  E2010: ["the module cannot be compiled here", "use a current browser: WebAssembly needs SIMD", "das Modul ist hier nicht übersetzbar", "aktuellen Browser nehmen: WebAssembly braucht SIMD"],
  E2011: ["the module fails its self-test", "do not use it here; please report it", "das Modul besteht seinen Selbsttest nicht", "hier nicht benutzen, bitte melden"],
  E2012: ["WebAssembly or WebCrypto is missing, or forbidden", "use a current browser, https, and 'wasm-unsafe-eval' in the CSP", "WebAssembly oder WebCrypto fehlt oder ist verboten", "aktueller Browser, https und 'wasm-unsafe-eval' in der CSP"],
  E3001: ["the event is not an object", "write `{ action: \"paste\", content: \"…\" }`", "das Ereignis ist kein Objekt", "`{ action: \"paste\", content: \"…\" }` schreiben"],
  E3002: ["the policy has no such attribute", "see `guard.schema.slots`", "die Richtlinie kennt dieses Attribut nicht", "siehe `guard.schema.slots`"],
  E3003: ["wrong type", "see `guard.schema.slots`", "falscher Typ", "siehe `guard.schema.slots`"],
  E3004: ["not a host name", "write `chat.example.com` alone", "kein Hostname", "nur `chat.example.com` schreiben"],
  E3005: ["content is a text or a list of parts", "write `{ role, direction, text }`", "Inhalt ist ein Text oder eine Liste von Teilen", "`{ role, direction, text }` schreiben"],
  E3006: ["given twice", "keep one of the two", "doppelt angegeben", "eines davon streichen"],
  E3008: ["not a date", "write `2027-01-31`", "kein Datum", "`2027-01-31` schreiben"],
  E4001: ["the module stopped", "please report it", "das Modul ist stehen geblieben", "bitte melden"],
  E4003: ["not enough memory", "split the content", "zu wenig Speicher", "den Inhalt aufteilen"],
  E4004: ["the record is not well-formed", "please report it", "der Entscheidungssatz ist fehlerhaft", "bitte melden"],
  E4006: ["the content is too long", "split it, or raise `limits.contentBytes`", "der Inhalt ist zu lang", "aufteilen oder `limits.contentBytes` erhöhen"],
  E4101: ["the parameters were refused", "see `guard.schema.params`", "die Parameter wurden abgelehnt", "siehe `guard.schema.params`"],
  E6001: ["it cannot be read", "check the address", "nicht lesbar", "die Adresse prüfen"],
  E6006: ["unknown time zone", "say `today` in the event", "unbekannte Zeitzone", "`today` im Ereignis angeben"],
  E7001: ["the vault cannot be opened", "same key, same conversation, unchanged bytes", "der Tresor lässt sich nicht öffnen", "gleicher Schlüssel, gleiches Gespräch, unveränderte Bytes"],
  E8001: ["the file is not signed", "fetch the signed one", "die Datei ist nicht signiert", "die signierte holen"],
  E8002: ["the signature cannot be read", "fetch the file again", "die Signatur ist nicht lesbar", "die Datei noch einmal holen"],
  E8003: ["no trusted key has signed the file", "ask whoever signs; add the key if it is theirs", "kein bekannter Schlüssel hat die Datei signiert", "nachfragen, wer signiert; den Schlüssel aufnehmen, wenn er stimmt"],
  E8004: ["the file is not as it was signed", "fetch it again", "die Datei ist nicht so, wie sie signiert wurde", "noch einmal holen"],
  E8005: ["the key was revoked", "take a file signed with a current key", "der Schlüssel wurde zurückgezogen", "eine mit aktuellem Schlüssel signierte Datei nehmen"],
  E8006: ["the key does not count today", "take a file signed with a current key; check the clock", "der Schlüssel gilt heute nicht", "eine mit aktuellem Schlüssel signierte Datei nehmen; die Uhr prüfen"],
  E8007: ["the file is older than the last one", "take the newer one", "die Datei ist älter als die letzte", "die neuere nehmen"],
  E8008: ["the file is for another policy, tenant or name", "take the one made for this place", "die Datei gehört zu einer anderen Richtlinie, einem anderen Mandanten oder Namen", "die hierfür gemachte nehmen"],
  E8009: ["the trust set cannot be read", "`riegel trust add` writes one", "die Liste der Schlüssel ist nicht lesbar", "`riegel trust add` schreibt eine"],
};

/** A decision in words. Plain text, never markup. */
export interface Words {
  readonly headline: string;
  /** What the person can do now. */
  readonly todo: readonly string[];
  /** What will be asked once the policy's stages end. */
  readonly later: readonly string[];
}

const pick = (pair: Pair | undefined, lang: string): string => pair?.[lang.startsWith("de") ? 1 : 0] ?? "";

/** Says what was decided, and what the person can do now. */
export function inWords(decision: Decision, lang = "en"): Words {
  const messages = decision.messages(lang);
  const sentences = (list: readonly Obligation[]): string[] => list.map(({ kind, argument }) => pick(TODO[kind], lang).replace(/(: )?#/, (_, colon: string) => argument && colon + argument));
  const unique = (list: string[]): string[] => [...new Set(list)].filter(Boolean);
  const hints = messages.filter(({ verdict }) => verdict !== "allow" && verdict !== "log").map(({ hint }) => hint ?? "");
  return {
    headline: `${pick(VERDICT[decision.verdict], lang)}: ${reason(decision, lang) || messages[0]?.text || pick(["No rule speaks against it.", "Keine Regel spricht dagegen."], lang)}`,
    todo: unique([...hints, ...sentences(decision.obligations)]),
    later: unique(sentences(decision.would)),
  };
}

function reason({ failure, error, attribute }: Decision, lang: string): string {
  if (failure) return errorInWords(failure, lang);
  const text = pick(RECORD_ERRORS[error - 1], lang);
  return text && text + (error === 3 ? `: ${attribute}.` : "");
}

/** What is wrong, where, and the next step. */
export function errorInWords({ code, place, message }: RiegelError, lang = "en"): string {
  const texts = ERRORS[code];
  const at = lang.startsWith("de") ? 2 : 0;
  return texts ? `${code}: ${texts[at]}${place && ` (${place})`}; ${texts[at + 1]}` : message;
}
