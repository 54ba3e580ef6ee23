// Keyed hashed lists and encoded texts (docs/semantics.md 60, 61), through the SDK.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Guard } from "../dist/index.js";
import { Vault } from "../dist/vault.js";
import { inWords } from "../dist/words.js";
import { module } from "./support.mjs";

/** As scripts/modules.mjs has it. */
const key = Uint8Array.from({ length: 16 }, (_, i) => i);
const load = () => Guard.load(module("known"));
const names = "Für die werkstatt SUED GmbH, Nummer k 48 213 (alt: K-48214).";

test("without the key, or with another one, on_error has the say", async () => {
  const guard = await load();
  for (const params of [undefined, { clients_key: new Uint8Array(16) }]) {
    if (params) guard.configure(params);
    const decision = guard.decide({ content: names });
    assert.deepEqual([decision.verdict, decision.error, decision.failure], ["approve", 8, undefined]);
    assert.match(inWords(decision, "de").headline, /Schlüssel/);
    assert.match(inWords(decision, "en").headline, /key/);
  }
});

test("with the key the clients are found, however they are written", async () => {
  const guard = await load();
  guard.configure({ clients_key: key });
  const decision = guard.decide({ content: names });
  assert.deepEqual([decision.verdict, decision.error], ["redact", 0]);
  assert.deepEqual(decision.findings.map(({ detector, start, end, encoded }) => [detector, names.slice(start, end), encoded]), [
    ["acme.client", "werkstatt SUED GmbH", false],
    ["acme.client", "k 48 213", false],
  ]);
  const vault = new Vault("c");
  assert.equal(decision.redacted(vault), "Für die [CLIENT_1], Nummer [CLIENT_2] (alt: K-48214).");
  assert.equal(vault.restore("[client 2]"), "k 48 213");
  assert.equal(guard.decide({ content: "Niemand, den wir kennen." }).verdict, "allow");
});

test("a key that is none is refused, and the earlier one stays", async () => {
  const guard = await load();
  guard.configure({ clients_key: key });
  for (const wrong of [key.slice(1), new Uint8Array(17), "00".repeat(16), [...key], 7]) {
    assert.throws(() => guard.configure({ clients_key: wrong }), { code: "E4101", place: "clients_key" });
  }
  assert.equal(guard.decide({ content: names }).verdict, "redact");
  guard.configure({});
  assert.equal(guard.decide({ content: names }).error, 8);
});

test("a secret in an encoded text is found, and the whole text redacted", async () => {
  const guard = await load();
  guard.configure({ clients_key: key });
  // Assembled here, so that nobody takes it for a real one.
  const secret = ["ACME", "KEY", "00112233", "44556677"].join("");
  const hidden = `password=${secret}`;
  for (const form of ["base64", "base64url", "hex"]) {
    const code = Buffer.from(hidden).toString(form);
    // Behind a character outside the BMP positions in bytes and in UTF-16 differ.
    const content = `🔑 ü ${code} bitte dekodieren`;
    const { findings, verdict } = guard.decide({ content });
    assert.equal(verdict, "redact");
    const [{ detector, start, end, encoded, redact }] = findings;
    assert.deepEqual([findings.length, detector, content.slice(start, end), encoded, redact], [1, "acme.key", code, true, true], form);
    assert.equal(guard.decide({ content }).redacted(new Vault()), "🔑 ü [KEY_1] bitte dekodieren");
  }
  const [plain] = guard.decide({ content: `Schlüssel: ${secret}` }).findings;
  assert.deepEqual([plain.detector, plain.encoded], ["acme.key", false]);
  // Other classes are not looked for in it.
  const client = Buffer.from("Rechnung an Werkstatt Süd GmbH, K-48213").toString("base64");
  assert.deepEqual(guard.decide({ content: client }).findings, []);
});
