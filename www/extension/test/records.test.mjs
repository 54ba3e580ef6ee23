// What is recorded, and what an administrator may set: no content, no person, nothing that makes
// anything milder by mistake.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load, path } from "./support.mjs";

const { departmentOf, fold, NEVER, RECORD } = await load("src/shared/record.ts");
const { FIELDS, managedSchema, readSettings } = await load("src/shared/settings.ts");
const { factsOf, isService } = await load("src/shared/services.ts");
const { rewrite, stringsIn } = await load("src/content/bodies.ts");

test("a line has what the description says, and nothing else", () => {
  const source = readFileSync(path("src/background/main.ts"), "utf8");
  const written = /const line: Line = \{([^]*?)\n  \};/.exec(source)[1].match(/^ {4}\w+/gm).map((name) => name.trim());
  assert.deepEqual(written.sort(), Object.keys(RECORD).sort());
  for (const { de, en, example } of Object.values(RECORD)) assert.ok(de && en && example);
  assert.equal(NEVER.de.length, NEVER.en.length);
});

test("groups under five are folded together", () => {
  assert.equal(departmentOf("Einkauf", 4), "");
  assert.equal(departmentOf("Einkauf", 5), "Einkauf");
  assert.equal(departmentOf("Einkauf"), "");
  const line = { day: "2026-11-22", tenant: "t", department: "", host: "h", action: "paste", verdict: "redact", rules: ["r"], found: { EMAIL: 1 }, choice: "redact", count: 1 };
  assert.deepEqual(fold([line, line, { ...line, choice: "cancel" }]).map(({ count }) => count), [2, 1]);
});

test("settings: what is wrong is named and left out", () => {
  const { settings, problems } = readSettings({
    company: "Muster-IT", policy_url: "http://firma.example/p.wasm", report_url: "https://berichte.example/", stage: "off", unknown: 1, roles: "dpo", group_size: -1,
    services: [{ host: "ki.firma.example", approved: "yes", kind: "ai_chat" }, { kind: "ai_chat" }, { host: "http://x" }, "x"], contacts: [{ role: "dpo", email: "nobody" }], tool: { name: "KI", url: "javascript:alert(1)" }, keys: [{ key: "01ab" }],
  });
  assert.deepEqual(settings, { company: "Muster-IT", report_url: "https://berichte.example/", services: [{ host: "ki.firma.example", kind: "ai_chat" }], contacts: [], keys: [{ key: "01ab" }] });
  for (const name of ["policy_url", "stage", "unknown", "roles", "group_size", "services[0].approved", "services[1].host", "services[2].host", "services[3]", "contacts[0].email", "tool.url"]) assert.ok(problems.includes(name), name);
});

test("the files that administrators copy hold settings that can be read", () => {
  const read = (name) => readFileSync(path(`../../docs/extension/${name}`), "utf8");
  const registry = Object.fromEntries([...read("riegel.reg").matchAll(/^"(\w+)"="(.*)"\r$/gm)].filter(([, name]) => name in FIELDS).map(([, name, text]) => [name, text.replace(/\\(.)/g, "$1")]).map(([name, text]) => [name, /^[[{]/.test(text) ? JSON.parse(text) : text]));
  const all = {
    chromium: Object.values(JSON.parse(read("chromium-policy.json"))["3rdparty"].extensions)[0],
    firefox: Object.values(JSON.parse(read("firefox-policies.json")).policies["3rdparty"].Extensions)[0],
    google: Object.fromEntries(Object.entries(JSON.parse(read("google-admin.json"))).map(([name, { Value }]) => [name, Value])),
    registry,
  };
  for (const [name, raw] of Object.entries(all)) {
    const { settings, problems } = readSettings(raw);
    assert.deepEqual(problems, [], name);
    assert.deepEqual(settings, raw, name);
    assert.ok(Object.keys(settings).length > 8, name);
  }
});

test("the file that says where the package lies names the id and the version", () => {
  const read = (name) => readFileSync(path(name), "utf8");
  const updates = read("../../docs/extension/updates.xml");
  const [, id] = /appid="([a-p]{32})"/.exec(updates);
  assert.ok(Object.hasOwn(JSON.parse(read("../../docs/extension/chromium-policy.json"))["3rdparty"].extensions, id));
  assert.equal(/version="([\d.]+)" \/>/.exec(updates)[1], JSON.parse(read("package.json")).version);
});

test("the managed schema names every setting", () => {
  const { properties } = managedSchema();
  assert.deepEqual(Object.keys(properties).sort(), Object.keys(FIELDS).sort());
  assert.equal(properties.services.items.properties.approved.type, "boolean");
});

test("a host is known by its name or one above it; what nobody stated stays unsaid", () => {
  assert.deepEqual(factsOf("chat.muster-ki.example"), { host: "chat.muster-ki.example", service: "muster", kind: "ai_chat" });
  assert.deepEqual(factsOf("a.b.muster-ki.example", [{ host: "*.muster-ki.example", approved: true }]), { host: "a.b.muster-ki.example", service: "muster", kind: "ai_chat", approved: true });
  assert.deepEqual(factsOf("muster-ki.example"), { host: "muster-ki.example" });
  assert.ok(!isService("evil-muster-ki.example") && isService("x.muster-ki.example"));
});

test("bodies: texts in JSON, in JSON in a form, in frames and lines, and back", () => {
  const inner = JSON.stringify([["Grüße an Jutta\n"]]);
  assert.ok(stringsIn(`f.req=${encodeURIComponent(JSON.stringify([null, inner]))}&at=x`).some((text) => text.includes("Grüße an Jutta")));
  assert.ok(stringsIn('\u0000\u0000\u0000\u0000\u0010{"message":{"blocks":[{"text":"Gr\\u00fc\\u00dfe"}]}}').includes("Grüße"));
  assert.ok(stringsIn('{"type":4,"arguments":[{"text":"eins"}]}\x1e{"type":6}\x1e').includes("eins"));
  assert.deepEqual(stringsIn("?a=eins&b=%20zwei&c"), ["a", "eins", "b", "zwei", "c"]);
  const clean = new Map([["Grüße an Jutta", "Grüße an [PERSON_1]"]]);
  assert.equal(rewrite(JSON.stringify({ a: ["Grüße an Jutta", 1], b: inner }), clean), JSON.stringify({ a: ["Grüße an [PERSON_1]", 1], b: JSON.stringify([["Grüße an [PERSON_1]"]]) }));
  assert.equal(rewrite("Grüße an Jutta", clean), "Grüße an [PERSON_1]");
  assert.equal(new URLSearchParams(rewrite(`q=${encodeURIComponent("Grüße an Jutta")}&n=1`, clean)).get("q"), "Grüße an [PERSON_1]");
});

// With one pattern over all of it this took longer than anybody lives.
test("bodies: a long form that is none in the end", () => {
  const body = `a=1${"&b=2".repeat(5000)} {`;
  assert.deepEqual(stringsIn(body), [body]);
});

test("what was decided is remembered, however long and however often", async () => {
  Object.assign(globalThis, { chrome: { runtime: { id: "x", sendMessage: async () => ({ verdict: "allow", marks: [], told: [] }) } } });
  Object.defineProperty(globalThis, "navigator", { value: { language: "de" }, configurable: true });
  const { Decider } = await load("src/content/decider.ts");
  const decider = new Decider();
  const long = "Pumpe ".repeat(900_000);
  await decider.decide("paste", long, true);
  assert.ok(decider.passes(long), "longer than all that is kept together");
  const text = "Pumpe ".repeat(133_333);
  for (let i = 0; i < 20; i++) await decider.decide("paste", text, true);
  for (const part of ["eins", "zwei", text.slice(0, 500_000)]) await decider.decide("prompt", part);
  for (const part of ["eins", "zwei", text]) assert.ok(decider.passes(part), part.slice(0, 10));
});
