// Settings: what an administrator may set (`storage.managed`), as one description. The managed
// schema of Chromium, the reading of the values, the options page and docs/extension-administration.md
// all come from it.
//
// Invariant: what cannot be read is reported and ignored; nothing wrong makes anything milder.

/** A value: its form, and what it means. */
export interface Field {
  readonly type: "string" | "address" | "email" | "host" | "boolean" | "count" | "strings" | "language" | "stage" | "kind" | "region" | "object" | "list";
  readonly de: string;
  readonly en: string;
  readonly fields?: Readonly<Record<string, Field>>;
}

const KINDS = ["ai_chat", "ai_api", "ai_suite", "ai_code", "ai_media", "ai_meeting", "ai_writing", "ai_search", "ai_agent", "ai_data", "other"] as const;
const REGIONS = ["unknown", "de", "at", "ch", "eea", "adequate", "us", "other"] as const;
const STAGES = ["observe", "warn", "enforce"] as const;
const CHOICES = { language: ["auto", "de", "en"], stage: STAGES, kind: KINDS, region: REGIONS } as const;

export const FIELDS = {
  company: { type: "string", de: "Name der Firma, wie er auf der Optionsseite steht", en: "Name of the company, as the options page shows it" },
  policy_url: { type: "address", de: "Adresse des signierten Regelwerks; ohne sie gilt das eingebaute", en: "Address of the signed policy; without it the built-in one applies" },
  policy_id: { type: "string", de: "Kennung des Regelwerks, das dort liegt", en: "Id of the policy that lies there" },
  keys: {
    type: "list",
    de: "Öffentliche Schlüssel, mit denen das Regelwerk geprüft wird (wie in trust.json)",
    en: "Public keys that the policy is checked with (as in trust.json)",
    fields: {
      key: { type: "string", de: "66 hexadezimale Ziffern", en: "66 hexadecimal digits" },
      name: { type: "string", de: "Name, für Menschen", en: "Name, for people" },
      from: { type: "string", de: "Erster Tag", en: "First day" },
      until: { type: "string", de: "Letzter Tag", en: "Last day" },
      revoked: { type: "string", de: "Widerrufen am", en: "Revoked on" },
    },
  },
  tenant: { type: "string", de: "Kennung der Firma beim Dienstleister", en: "The company's id at its provider" },
  roles: { type: "strings", de: "Rollen der Person, etwa \"payments\"", en: "Roles of the person, such as \"payments\"" },
  department: { type: "string", de: "Abteilung", en: "Department" },
  group_size: { type: "count", de: "Wie viele Menschen zur Abteilung gehören; unter fünf wird sie in Zählungen nicht genannt", en: "How many people belong to the department; below five it is not named in counts" },
  language: { type: "language", de: "Sprache der Hinweise", en: "Language of the messages" },
  stage: { type: "stage", de: "Einführung: observe (nur zählen), warn (höchstens hinweisen), enforce", en: "Roll-out: observe (only count), warn (at most a note), enforce" },
  services: {
    type: "list",
    de: "Dienste der Firma: eigene, und was für bekannte vereinbart ist",
    en: "The company's services: its own, and what is agreed for known ones",
    fields: {
      host: { type: "host", de: "Host, oder *.host für alle darunter", en: "Host, or *.host for all below it" },
      service: { type: "string", de: "Kennung im Katalog", en: "Id in the catalogue" },
      kind: { type: "kind", de: "Art", en: "Kind" },
      region: { type: "region", de: "Ort der Verarbeitung", en: "Where it processes" },
      approved: { type: "boolean", de: "freigegeben", en: "approved" },
      self_hosted: { type: "boolean", de: "im eigenen Haus", en: "in the company's own house" },
      processing_agreement: { type: "boolean", de: "Vertrag zur Auftragsverarbeitung", en: "processing agreement" },
      no_training: { type: "boolean", de: "trainiert nicht mit Eingaben", en: "does not train on inputs" },
      attestations: { type: "strings", de: "Nachweise", en: "Attestations" },
    },
  },
  params: {
    type: "list",
    de: "Werte für Parameter des Regelwerks",
    en: "Values for the policy's parameters",
    fields: { name: { type: "string", de: "Name", en: "Name" }, value: { type: "string", de: "Wert; Listen mit Komma", en: "Value; lists with commas" } },
  },
  tool: {
    type: "object",
    de: "Der freigegebene KI-Dienst, der angeboten wird",
    en: "The approved AI tool that is offered",
    fields: { name: { type: "string", de: "Name", en: "Name" }, url: { type: "address", de: "Adresse", en: "Address" } },
  },
  contacts: {
    type: "list",
    de: "Wen man um Freigabe bittet",
    en: "Who is asked for approval",
    fields: { role: { type: "string", de: "Rolle, etwa \"dpo\"", en: "Role, such as \"dpo\"" }, email: { type: "email", de: "E-Mail-Adresse", en: "E-mail address" } },
  },
  report_url: { type: "address", de: "Wohin Zählungen ohne Inhalt gehen; ohne Adresse nirgendwohin", en: "Where counts without content go; without an address nowhere" },
} as const satisfies Readonly<Record<string, Field>>;

/** A service of the company. */
export interface Service {
  readonly host: string;
  readonly service?: string;
  readonly kind?: (typeof KINDS)[number];
  readonly region?: (typeof REGIONS)[number];
  readonly approved?: boolean;
  readonly self_hosted?: boolean;
  readonly processing_agreement?: boolean;
  readonly no_training?: boolean;
  readonly attestations?: readonly string[];
}

export interface Settings {
  readonly company?: string;
  readonly policy_url?: string;
  readonly policy_id?: string;
  readonly keys?: readonly { readonly key: string; readonly name?: string; readonly from?: string; readonly until?: string; readonly revoked?: string }[];
  readonly tenant?: string;
  readonly roles?: readonly string[];
  readonly department?: string;
  readonly group_size?: number;
  readonly language?: "auto" | "de" | "en";
  readonly stage?: (typeof STAGES)[number];
  readonly services?: readonly Service[];
  readonly params?: readonly { readonly name: string; readonly value: string }[];
  readonly tool?: { readonly name: string; readonly url: string };
  readonly contacts?: readonly { readonly role: string; readonly email: string }[];
  readonly report_url?: string;
}

/** Settings, and what in them could not be read (names only). */
export interface Reading {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

/** Reads what an administrator wrote. */
export function readSettings(raw: Readonly<Record<string, unknown>>): Reading {
  const problems: string[] = [];
  return { settings: objectOf(raw, FIELDS, "", problems) as Settings, problems };
}

/** Fields without which an entry of a list says nothing. */
const NEEDED: Readonly<Record<string, readonly string[]>> = { services: ["host"], params: ["name", "value"], contacts: ["role", "email"], keys: ["key"], tool: ["name", "url"] };

function objectOf(raw: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, Field>>, place: string, problems: string[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const read = field && valueOf(value, field, `${place}${key}`, problems);
    if (read === undefined) problems.push(`${place}${key}`);
    else out[key] = read;
  }
  return out;
}

function valueOf(value: unknown, { type, fields = {} }: Field, place: string, problems: string[]): unknown {
  const text = typeof value === "string" && value.length <= 4096 ? value.trim() : undefined;
  switch (type) {
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "count":
      return Number.isSafeInteger(value) && (value as number) >= 0 ? value : undefined;
    case "strings":
      return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
    case "object":
    case "list": {
      const entries: unknown[] = type === "list" ? (Array.isArray(value) ? value : []) : [value];
      if (type === "list" && !Array.isArray(value)) return undefined;
      const read = entries.flatMap((entry, i) => {
        const at = type === "list" ? `${place}[${i}]` : place;
        if (typeof entry !== "object" || !entry || Array.isArray(entry)) {
          problems.push(at);
          return [];
        }
        const found = objectOf(entry as Record<string, unknown>, fields, `${at}.`, problems);
        const missing = (NEEDED[place] ?? []).filter((name) => found[name] === undefined);
        problems.push(...missing.map((name) => `${at}.${name}`));
        return missing.length ? [] : [found];
      });
      return type === "list" ? read : read[0];
    }
    case "address":
      return text && isAddress(text) ? text : undefined;
    case "email":
      return text && /^[^\s@?&]+@[^\s@?&]+$/.test(text) ? text : undefined;
    case "host":
      return text && /^(\*\.)?[a-z\d_-]+(\.[a-z\d_-]+)*$/.test(text) ? text : undefined;
    case "string":
      return text;
    default:
      return text && (CHOICES[type] as readonly string[]).includes(text) ? text : undefined;
  }
}

/** https, or this very machine. */
function isAddress(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text);
    return protocol === "https:" || (protocol === "http:" && /^(localhost|127\.0\.0\.1)$/.test(hostname));
  } catch {
    return false;
  }
}

/** The managed schema, as Chromium reads it. */
export function managedSchema(fields: Readonly<Record<string, Field>> = FIELDS): object {
  const property = ({ type, en, fields: inner = {} }: Field): object => {
    const object = { type: "object", properties: Object.fromEntries(Object.entries(inner).map(([name, field]) => [name, property(field)])) };
    const description = { description: en };
    if (type === "boolean") return { type, ...description };
    if (type === "count") return { type: "integer", minimum: 0, ...description };
    if (type === "strings") return { type: "array", items: { type: "string" }, ...description };
    if (type === "object") return { ...object, ...description };
    if (type === "list") return { type: "array", items: object, ...description };
    return type in CHOICES ? { type: "string", enum: CHOICES[type as keyof typeof CHOICES], ...description } : { type: "string", ...description };
  };
  return { type: "object", properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, property(field)])) };
}
