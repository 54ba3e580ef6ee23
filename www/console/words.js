// Every word of the console, German and English side by side.

const words = {
  skip: ["Zum Inhalt", "Skip to content"],
  tenant: ["Mandant", "Tenant"],
  language: ["Sprache", "Language"],
  leave: ["Abmelden", "Sign out"],
  enter: ["Anmelden", "Sign in"],
  enterWhy: [
    "Mit einem API-Schlüssel oder dem Token Ihres Anmeldedienstes. Er bleibt in diesem Fenster und wird nirgends gespeichert.",
    "With an API key, or a token of your identity provider. It stays in this window and is stored nowhere.",
  ],
  enterHow: ["Noch kein Schlüssel? Auf dem Server:", "No key yet? On the server:"],
  key: ["Schlüssel oder Token", "Key or token"],
  go: ["Anmelden", "Sign in"],
  unknown: [
    "Dieser Schlüssel ist nicht bekannt. Vielleicht ist er abgelaufen oder zurückgezogen.",
    "This key is not known. It may have expired or been revoked.",
  ],
  noTenant: ["Mit diesem Schlüssel ist kein Mandant zu sehen.", "No tenant can be seen with this key."],
  unreachable: ["Der Server ist gerade nicht zu erreichen.", "The server cannot be reached right now."],
  decisions: ["Entscheidungen der letzten 14 Tage", "Decisions of the last 14 days"],
  none: ["Noch nichts.", "Nothing yet."],
  day: ["Tag", "Day"],
  rules: ["Häufigste Regeln", "Rules that spoke most"],
  rule: ["Regel", "Rule"],
  count: ["Anzahl", "Count"],
  approvals: ["Freigaben", "Approvals"],
  waiting: ["wartet", "waiting"],
  approved: ["freigegeben", "approved"],
  denied: ["abgelehnt", "denied"],
  expired: ["abgelaufen", "expired"],
  asked: ["Angefragt", "Asked"],
  role: ["Rolle", "Role"],
  state: ["Stand", "State"],
  found: ["Funde", "Findings"],
  excerpt: ["Auszug (Funde verdeckt)", "Excerpt (findings covered)"],
  showExcerpt: ["Auszug ansehen", "Show excerpt"],
  approve: ["Freigeben", "Approve"],
  deny: ["Ablehnen", "Deny"],
  policy: ["Regelwerk", "Policy"],
  active: ["Aktiv", "Active"],
  canary: ["Probe bei {share} von 100", "On trial with {share} of 100"],
  review: ["Nächste Prüfung bis", "Next review by"],
  fault: [
    "Die neueste Fassung lässt sich nicht laden; die bisherige gilt weiter.",
    "The newest version cannot be loaded; the earlier one still applies.",
  ],
  faultNone: [
    "Kein Regelwerk lässt sich laden: Es wird alles gestoppt.",
    "No policy can be loaded: everything is blocked.",
  ],
  versions: ["Fassungen", "Versions"],
  number: ["Nr.", "No."],
  note: ["Bemerkung", "Note"],
  activate: ["Aktivieren", "Activate"],
  added: ["neu: {names}", "new: {names}"],
  audit: ["Protokoll", "Audit log"],
  check: ["Jetzt prüfen", "Check now"],
  checking: ["Wird geprüft …", "Checking …"],
  intact: [
    "Unversehrt: {records} Einträge, {checkpoints} Unterschriften, {unsigned} Einträge noch nicht unterschrieben.",
    "Intact: {records} records, {checkpoints} signatures, {unsigned} records not signed yet.",
  ],
  broken: ["Nicht unversehrt. Bitte den Speicher nicht verändern.", "Not intact. Please do not change the store."],
  forbidden: ["Dafür hat dieser Schlüssel kein Recht.", "This key has no right to do that."],
  done: ["Erledigt.", "Done."],
  allow: ["erlaubt", "allow"],
  log: ["protokolliert", "log"],
  warn: ["Hinweis", "warn"],
  justify: ["Begründung", "justify"],
  redact: ["Schwärzen", "redact"],
  approveVerdict: ["Freigabe", "approve"],
  block: ["gestoppt", "block"],
};

/** The word in a language, with `{name}` filled in. */
export function word(language, name, values = {}) {
  const pair = words[name] ?? [name, name];
  const text = language === "de" ? pair[0] : pair[1];
  return text.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}
