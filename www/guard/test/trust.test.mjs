// Signatures: what the crate `riegel` believes is believed here, and what it refuses is refused with the
// same code (tests/signing/vectors.json, keys invented); flips; the command line's own files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Guard, RiegelError } from "../dist/index.js";
import { verify, verifyData } from "../dist/trust.js";
import { errorInWords } from "../dist/words.js";
import { hex, module, signatures, signed, trust, unhex } from "./support.mjs";

const codeOf = (promise) => promise.then(() => "", (error) => {
  assert.ok(error instanceof RiegelError, String(error));
  return error.code;
});
const ask = (file, trust, expected) => (expected.name ? verifyData(file, trust, expected) : verify(file, trust, expected));
const [oneModule, oneData, twice] = ["a signed module", "signed data", "two signatures, both keys"].map((name) => signatures().find((vector) => vector.name === name));

test("the vectors of the crate", async () => {
  const vectors = signatures();
  const codes = new Set();
  for (const { name, file, trust, expected, answer, code = "" } of vectors) {
    assert.equal(await codeOf(ask(unhex(file), trust, expected)), code, name);
    codes.add(code);
    if (!answer) continue;
    const said = await ask(unhex(file), trust, expected);
    assert.equal(hex(expected.name ? said.bytes : said), answer.bytes, name);
    if (expected.name) assert.equal(said.version, answer.version);
  }
  assert.deepEqual([...codes].sort(), ["", "E8001", "E8003", "E8004", "E8005", "E8006", "E8007", "E8008"]);
});

test("every flipped bit and every cut is refused", async () => {
  for (const { file, trust, expected } of [oneModule, oneData]) {
    const bytes = unhex(file);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      assert.match(await codeOf(ask(damaged, trust, expected)), /^E800\d$/, `bit ${bit}`);
    }
    for (let length = 0; length < bytes.length; length++) assert.match(await codeOf(ask(bytes.slice(0, length), trust, expected)), /^E800\d$/);
  }
});

test("with two signatures a flipped bit is refused, or makes the other one a stranger's", async () => {
  const bytes = unhex(twice.file);
  let strangers = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    const said = await verify(damaged, twice.trust, twice.expected).catch(() => undefined);
    if (said) assert.equal(hex(said), twice.answer.bytes), strangers++;
  }
  assert.equal(strangers, 2 * 128);
});

test("trust sets are read strictly", async () => {
  const { file, trust, expected } = oneModule;
  const [good] = trust.keys;
  const code = (keys, more = {}) => codeOf(verify(unhex(file), { keys, ...more }, expected));
  assert.equal(await code([good]), "");
  for (const bad of [
    {}, null, "x", { ...good, nam: "x" }, { ...good, key: good.key.toUpperCase() }, { ...good, key: good.key.slice(2) }, { ...good, key: `02${good.key.slice(2)}` },
    { ...good, from: "2027-02-30" }, { ...good, until: "2027-1-01" }, { ...good, revoked: true }, { ...good, revoked: null }, { ...good, from: "2027-02-02", until: "2027-02-01" },
    { ...good, name: "a\u001bb" }, { ...good, name: 1 },
  ]) assert.equal(await code([bad]), "E8009", JSON.stringify(bad));
  assert.equal(await code([good, good]), "E8009");
  assert.equal(await code([good], { more: 1 }), "E8009");
  assert.equal(await code({ length: 1, 0: good }), "E8009");
  for (const none of [null, undefined, "x"]) assert.equal(await codeOf(verify(unhex(file), none, expected)), "E8009");
  assert.equal(await codeOf(verify(unhex(file), trust, { ...expected, policy: undefined })), "E8008");
  assert.equal(await codeOf(verify(unhex(file), trust, { ...expected, lowest: "1.2" })), "E6004");
  assert.equal(await codeOf(verify(unhex(file), trust, { ...expected, today: "soon" })), "E3008");
});

test("what cannot be fetched", async () => {
  const { trust, expected } = oneModule;
  assert.equal(await codeOf(verify(new Response("gone", { status: 404 }), trust, expected)), "E6001");
  assert.equal(await codeOf(verify(Promise.reject(new TypeError("network")), trust, expected)), "E6001");
});

test("from `riegel sign` to a decision", async () => {
  const [file, plain] = [signed("attributes"), module("attributes")];
  const expected = { policy: "attributes", lowest: "1.0.0" };
  for (const source of [file, file.buffer, new Response(file), Promise.resolve(new Response(file))]) {
    const bytes = await verify(source, trust(), expected);
    assert.deepEqual(bytes, plain);
  }
  const guard = await Guard.load(verify(file, trust(), expected));
  assert.equal(guard.policy.id, "attributes");
  // A refused file decides as any module that cannot be loaded.
  const refused = await Guard.load(verify(plain, trust(), expected)).catch((error) => error);
  assert.equal(refused.code, "E8001");
  assert.equal(refused.guard.decide({}).verdict, "block");
  assert.equal(refused.message, "E8001: refused; riegel explain E8001");
  const { bytes, version } = await verifyData(signed("params"), trust(), { ...expected, name: "params.json" });
  assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes)), { limit: 3 });
  assert.equal(version, "1.0.0");
  assert.equal(await codeOf(verifyData(file, trust(), { ...expected, name: "params.json" })), "E8001");
});

test("a guard without a trust set passes signatures over, not the digest", async () => {
  const [file, plain] = [signed("attributes"), module("attributes")];
  assert.equal((await Guard.load(file)).policy.build, (await Guard.load(plain)).policy.build);
  for (let bit = 0; bit < 200 * 8; bit++) {
    const at = bit >> 3;
    const damaged = file.slice();
    damaged[at] ^= 1 << (bit & 7);
    const code = await codeOf(Guard.load(damaged));
    assert.ok(at > 20 && at < 8 + file.length - plain.length ? code === "" : /^E200[23]$/.test(code), `byte ${at}: ${code}`);
  }
});

test("errors in words", () => {
  for (let n = 1; n < 10; n++) for (const lang of ["en", "de"]) assert.match(errorInWords(new RiegelError(`E800${n}`), lang), /^E800\d: .{10,}; .{5,}/);
});
