// Decisions: events in, what a host needs out, and never a silent `allow`.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { Guard } from "../dist/index.js";
import { Vault } from "../dist/vault.js";
import { inWords, errorInWords } from "../dist/words.js";
import { event, module } from "./support.mjs";

const guard = await Guard.load(module("baseline"));
const paste = event("paste");

test("the examples decide as the command line says", () => {
  const said = Object.fromEntries(["paste", "clean", "upload", "answer"].map((name) => [name, guard.decide(event(name)).verdict]));
  assert.deepEqual(said, { paste: "redact", clean: "allow", upload: "block", answer: "approve" });
});

test("rules, obligations, findings", () => {
  const { rules, obligations, would, findings, error, failure, staged, truncated, contentRead, full } = guard.decide(paste);
  assert.deepEqual(rules, [{ id: "personal_data_unprotected", verdict: "redact", full: "redact", cite: ["DSGVO Art. 5 Abs. 1 Buchst. c (seit 2018-05-25)", "DSGVO Art. 28 Abs. 3 (seit 2018-05-25)", "DSK-Orientierungshilfe KI (2024-05-06)"], clauses: ["outgoing", "personal", "unapproved"] }]);
  assert.deepEqual([obligations, would], [[{ kind: "redact", argument: "" }], []]);
  assert.deepEqual([error, failure, staged, truncated, contentRead, full], [0, undefined, false, false, true, "redact"]);
  assert.deepEqual(findings.map(({ detector, start, end, label, confidence, redact, also }) => [detector, start, end, label, confidence, redact, also]), [
    ["bank.iban", 459, 486, "IBAN", "high", true, false],
    ["contact.email", 600, 629, "EMAIL", "high", true, false],
  ]);
});

test("messages in both languages, without markup or findings", () => {
  const decision = guard.decide(paste);
  assert.deepEqual(decision.messages("en"), [{ rule: "personal_data_unprotected", verdict: "redact", text: "Personal details found (2), and chatgpt.com is not approved for them. The people behind them do not expect that.", hint: "One click puts placeholders in their place; then you can go on." }]);
  assert.match(decision.messages()[0].text, /^Personenbezogene Angaben erkannt \(2\)/);
  assert.match(decision.messages("fr")[0].text, /^Personenbezogene Angaben erkannt \(2\)/);
  const explanation = decision.explain("de");
  assert.deepEqual([explanation.verdict, explanation.policy.id], ["redact", "baseline"]);
  assert.ok(explanation.searched.includes("bank.iban") && explanation.searched.includes("contact.email"));
  assert.match(explanation.rules[0].hint, /^Mit einem Klick/);
  assert.equal(inWords(decision, "en").headline, "Redact first: Personal details found (2), and chatgpt.com is not approved for them. The people behind them do not expect that.");
  assert.deepEqual(inWords(decision, "de").todo, ["Mit einem Klick werden die Angaben durch Platzhalter ersetzt; danach können Sie weiterarbeiten.", "Markierte Stellen schwärzen"]);
  assert.deepEqual(inWords(guard.decide(event("answer")), "en").todo[1], "Ask for approval by: legal");
  const hostile = guard.decide({ ...paste, destination: { host: "chatgpt.com", service: "x" }, content: "Mail an a.b@firma.de" });
  assert.ok(!inspect(hostile.messages("de")).includes("firma"));
});

test("spans are UTF-16 and lie in their part", () => {
  const texts = ["😀 äöü € jutta.kranz@werkstatt-sued.de \ud800 max@werkstatt-sued.de", "nichts", "𝒳 anna@werkstatt-sued.de"];
  const decision = guard.decide({ ...paste, content: texts.map((text) => ({ role: "user", text })) });
  const found = decision.findings.map(({ part, start, end }) => texts[part].slice(start, end));
  assert.deepEqual(found, ["jutta.kranz@werkstatt-sued.de", "max@werkstatt-sued.de", "anna@werkstatt-sued.de"]);
});

test("redaction keeps the form of the content, and the second decision lets it pass", () => {
  const vault = new Vault();
  const content = ["Mail an jutta.kranz@werkstatt-sued.de", { role: "document", direction: "outbound", text: "IBAN DE02 1203 0000 0000 2020 51, JUTTA.KRANZ@werkstatt-sued.de" }];
  const clean = guard.decide({ ...paste, content }).redacted(vault);
  assert.deepEqual(clean, ["Mail an [EMAIL_1]", { role: "document", direction: "outbound", text: "IBAN [IBAN_1], [EMAIL_1]" }]);
  assert.equal(guard.decide({ ...paste, content: clean }).findings.length, 0);
  const object = guard.decide({ ...paste, content: { mime: "text/plain", text: "Mail an jutta.kranz@werkstatt-sued.de" } });
  assert.equal(object.redacted(vault), "Mail an [EMAIL_1]");
});

test("a placeholder that somebody wrote is not given to a value", () => {
  const vault = new Vault();
  const content = "Was heißt [EMAIL_1]? Schreib an jutta.kranz@werkstatt-sued.de";
  assert.equal(guard.decide({ ...paste, content }).redacted(vault), "Was heißt [EMAIL_1]? Schreib an [EMAIL_2]");
  assert.equal(vault.restore("[EMAIL_1] und [EMAIL_2]"), "[EMAIL_1] und jutta.kranz@werkstatt-sued.de");
});

test("what is wrong with an event has a code and a place, and ends in on_error", () => {
  const wrong = (event, code, place) => {
    const decision = guard.decide(event);
    assert.equal(decision.verdict, "block", JSON.stringify(event));
    assert.deepEqual([decision.failure?.code, decision.failure?.place], [code, place], JSON.stringify(event));
    assert.match(decision.messages("de")[0].text, /konnte nicht/);
    assert.match(inWords(decision, "de").headline, /^Gestoppt: E/);
    assert.match(errorInWords(decision.failure, "de"), new RegExp(`^${code}: `));
    assert.deepEqual(decision.obligations, [{ kind: "show", argument: "" }]);
  };
  wrong(null, "E3001", "");
  wrong([], "E3001", "");
  wrong("text", "E3001", "");
  wrong({ ...paste, acton: "paste" }, "E3002", "/acton");
  wrong({ ...paste, user: { "a/b": 1 } }, "E3002", "/user/a~1b");
  wrong({ ...paste, destination: { hots: "x" } }, "E3002", "/destination/hots");
  wrong({ ...paste, user: null }, "E3002", "/user");
  wrong({ ...paste, "content.text": "verborgen" }, "E3002", "/content.text");
  wrong({ ...paste, content_file: "x" }, "E3002", "/content_file");
  wrong({ ...paste, content: { text: "a", parts: ["b"] } }, "E3005", "/content");
  wrong({ ...paste, content: { file: "a" } }, "E3002", "/content/file");
  wrong({ ...paste, content: 7 }, "E3005", "/content");
  wrong({ ...paste, content: [{ text: "a", rolle: "user" }] }, "E3005", "/content/0");
  wrong({ ...paste, content: ["a", { text: "a", role: "nobody" }] }, "E3005", "/content/1");
  wrong({ ...paste, purpose: 3 }, "E3003", "/purpose");
  wrong({ ...paste, user: { roles: "sales" } }, "E3003", "/user/roles");
  wrong({ ...paste, user: { roles: ["a", 1] } }, "E3003", "/user/roles");
  wrong({ ...paste, user: { second_factor: "yes" } }, "E3003", "/user/second_factor");
  wrong({ ...paste, content: { length: 1.5, text: "" } }, "E3003", "/content/length");
  wrong({ ...paste, destination: { host: "https://chatgpt.com" } }, "E3004", "/destination/host");
  wrong({ ...paste, "user.id": "u" }, "E3006", "/user.id");
  wrong({ ...paste, today: "2026-02-30" }, "E3008", "/today");
  assert.equal(guard.decide(paste).verdict, "redact", "the next event is decided as ever");
});

test("an absent required attribute, an unknown value", () => {
  const { action, ...rest } = paste;
  const decision = guard.decide(rest);
  assert.deepEqual([decision.verdict, decision.error, decision.attribute, decision.failure], ["block", 3, "action", undefined]);
  assert.match(inWords(decision, "en").headline, /^Stopped: A required attribute is missing: action\./);
  const unknown = guard.decide({ ...paste, purpose: "poetry" });
  assert.deepEqual([unknown.verdict, unknown.unknownValue, unknown.attribute], ["redact", true, "purpose"]);
});

test("parameters: all or nothing", () => {
  assert.throws(() => guard.configure({ bulk: 7 }), { code: "E4101", place: "bulk" });
  assert.throws(() => guard.configure({ bulk_limit: 4 }), { code: "E4101", place: "bulk_limit" });
  assert.throws(() => guard.configure({ bulk_limit: "7" }), { code: "E4101" });
  const long = "x".repeat(12_000);
  assert.equal(guard.decide({ ...event("clean"), action: "upload", content: long }).verdict, "allow");
  guard.configure({ large_document: 10_000 });
  assert.throws(() => guard.configure({ large_document: 1 }), { code: "E4101" });
  assert.equal(guard.decide({ ...event("clean"), action: "upload", content: long }).verdict, "justify");
  guard.configure({});
  assert.equal(guard.decide({ ...event("clean"), action: "upload", content: long }).verdict, "allow");
});

test("long content, many texts, a limit", async () => {
  const text = `${"ä€😀 Wort ".repeat(60_000)}jutta.kranz@werkstatt-sued.de`;
  const decision = guard.decide({ ...paste, content: text });
  assert.equal(text.slice(decision.findings[0].start), "jutta.kranz@werkstatt-sued.de");
  const roles = Array.from({ length: 40_000 }, (_, i) => `role-${i}`);
  assert.equal(guard.decide({ ...paste, user: { id: "ü".repeat(300_000), roles, trainings: roles }, "tenant.id": paste.tenant.id, tenant: {} }).verdict, "redact");
  const narrow = await Guard.load(module("baseline"), { limits: { contentBytes: 10 } });
  assert.equal(narrow.decide({ ...paste, content: "0123456789" }).verdict, "warn");
  assert.equal(narrow.decide({ ...paste, content: "012345678ä" }).failure.code, "E4006");
});

test("content is not shown by accident", () => {
  const decision = guard.decide(paste);
  const vault = new Vault("c");
  decision.redacted(vault);
  for (const shown of [JSON.stringify(decision), inspect(decision, { depth: 9 }), JSON.stringify(vault), inspect(vault, { depth: 9, showHidden: true }), inspect(guard, { depth: 9 })]) {
    assert.ok(!shown.includes("jutta") && !shown.includes("DE02 1203"), shown.slice(0, 200));
  }
});

test("decisions stay what they were", () => {
  const first = guard.decide(paste);
  for (let i = 0; i < 2000; i++) guard.decide(event("clean"));
  assert.equal(first.findings.length, 2);
  assert.equal(first.record.length, new DataView(first.record.buffer).getUint32(4, true));
});

test("an event changed afterwards does not change what is redacted", () => {
  const changing = { ...paste, content: "Mail an jutta.kranz@werkstatt-sued.de" };
  const decision = guard.decide(changing);
  changing.content = "kurz";
  assert.equal(decision.redacted(new Vault()), "Mail an [EMAIL_1]");
});
