// What can be opened: small policies to learn from, and an event that goes with each. The packs come
// out of the library. All people, firms and numbers are invented.

import type { Shared } from "./share.js";
import type { Language } from "./words.js";

const EVENT = `{
  "action": "paste",
  "today": "2026-12-01",
  "user": { "roles": ["sales"] },
  "destination": { "host": "chatgpt.com", "kind": "ai_chat" },
  "purpose": "draft"
}`;

const MAIL: Record<Language, string> = {
  de: "Bitte formuliere eine freundliche Antwort auf diese E-Mail:\n\nSehr geehrte Frau Albers,\n\ndie Pumpe P-200 läuft auch nach dem Tausch der Dichtung nur zehn Minuten. Bitte erstatten Sie den Kaufpreis auf unser Konto DE02 1203 0000 0000 2020 51. Sie erreichen mich unter jutta.kranz@werkstatt-sued.de.\n\nMit freundlichen Grüßen\nJutta Kranz\n",
  en: "Please write a friendly answer to this e-mail:\n\nDear Ms Albers,\n\nthe pump P-200 still stops after ten minutes, even with the new seal. Please refund the price to our account DE02 1203 0000 0000 2020 51. You reach me at jutta.kranz@werkstatt-sued.de.\n\nKind regards\nJutta Kranz\n",
};

/** An example: its title in both languages, its policy, and what goes with it. */
export interface Example {
  readonly id: string;
  readonly title: Record<Language, string>;
  readonly policy: string;
  readonly event: string;
  readonly content: Record<Language, string>;
}

export const EXAMPLES: readonly Example[] = [
  {
    id: "personal",
    title: { en: "Personal details stay in the house", de: "Personenbezogenes bleibt im Haus" },
    event: EVENT,
    content: MAIL,
    policy: `policy first_steps "Personal details stay in the house" {
  version   "1.0.0"
  languages en, de
  on_error  block
}

use lib.event
use lib.contact
use lib.bank

// Approved services with a processing agreement may see personal details.
let unapproved = not destination.approved or not destination.processing_agreement

rule personal_details {
  when unapproved and any of [contact.email, bank.iban] found
  then redact contact.email, bank.iban
  cite "GDPR Art. 5(1)(c), Art. 28(3)"
  say  {
    en "{count} personal details found, and {destination.host} is not approved for them."
    de "{count} personenbezogene Angaben erkannt, und {destination.host} ist dafür nicht freigegeben."
  }
  hint {
    en "One click puts placeholders in their place; then you can go on."
    de "Mit einem Klick treten Platzhalter an ihre Stelle; danach geht es weiter."
  }
}

test "an account number is redacted" {
  given  action = paste, destination.host = "chatgpt.com"
  text   "Please refund to DE02 1203 0000 0000 2020 51."
  expect redact by personal_details
  expect found bank.iban at "DE02 1203 0000 0000 2020 51"
}
`,
  },
  {
    id: "secrets",
    title: { en: "No keys and passwords in chats", de: "Keine Schlüssel und Passwörter in Chats" },
    event: EVENT,
    content: {
      en: "Why does this fail?\n\nexport DATABASE_URL=postgres://app:Regen-Schirm-19@db.intern.example/shop\nnpm run migrate\n",
      de: "Warum schlägt das fehl?\n\nexport DATABASE_URL=postgres://app:Regen-Schirm-19@db.intern.example/shop\nnpm run migrate\n",
    },
    policy: `policy keys "No keys and passwords in chats" {
  version   "1.0.0"
  languages en, de
  on_error  block
}

use lib.event
use lib.secret

rule secrets_stay {
  when found class secret
  unless destination.self_hosted
  then redact class secret
  cite "GDPR Art. 32(1)(b)"
  say  {
    en "A password or a key found. Whoever reads it can get in."
    de "Ein Passwort oder ein Schlüssel erkannt. Wer es liest, kommt hinein."
  }
  hint {
    en "Redact it; the question works without it."
    de "Bitte schwärzen; die Frage klappt auch ohne."
  }
}
`,
  },
  {
    id: "own",
    title: { en: "A detector of your own", de: "Ein eigener Detektor" },
    event: EVENT,
    content: { en: "Summarise the complaint of customer K-204817, please.\n", de: "Bitte fasse die Beschwerde zur Kundennummer K-204817 zusammen.\n" },
    policy: `policy customers "Customer numbers" {
  version   "1.0.0"
  languages en, de
  on_error  block
}

use lib.event

detector own.customer "Customer number" {
  title      { de "Kundennummer" }
  class      business
  pattern    /\\bK-\\d{6}\\b/
  context    "customer", "kunde", "kundennummer" within 60
  confidence medium, with context high
  redact as  "CUSTOMER"
  examples   "K-204817"
}

rule customer_numbers {
  when found own.customer and destination.account != company
  then warn
  cite "GeschGehG § 2 Nr. 1"
  say  {
    en "{count} customer number(s) found. Use the company's account for this."
    de "{count} Kundennummer(n) erkannt. Bitte nutzen Sie dafür das Konto der Firma."
  }
}
`,
  },
];

/** An example as the editors take it. */
export const shared = ({ policy, event, content }: Example, language: Language): Shared => ({ policy, event, content: content[language] });

/** A pack with the mail: what it says depends on the pack. */
export const pack = (policy: string, language: Language): Shared => ({ policy, event: EVENT, content: MAIL[language] });
