// Loading: nothing is believed before it was checked, and whoever is refused answers `on_error`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Guard, RiegelError } from "../dist/index.js";
import { dice, event, module, resealed } from "./support.mjs";

const baseline = module("baseline");
const refused = async (source, code, options) => {
  const error = await Guard.load(source, options).then(() => assert.fail(`not refused with ${code}`), (error) => error);
  assert.ok(error instanceof RiegelError, String(error));
  assert.equal(error.code, code);
  assert.ok(error.help.length > 5);
  const decision = error.guard.decide(event("paste"));
  assert.equal(decision.failure, error);
  assert.equal(decision.record, undefined);
  return decision.verdict;
};

test("bytes, buffers, responses and compiled modules", async () => {
  for (const source of [baseline, baseline.buffer, new Response(baseline), Promise.resolve(new Response(baseline)), new WebAssembly.Module(baseline)]) {
    const guard = await Guard.load(source);
    assert.equal(guard.policy.id, "baseline");
    assert.equal(guard.decide(event("paste")).verdict, "redact");
  }
});

test("every flipped bit is refused with a code, and then blocks", async () => {
  const { next } = dice(7);
  for (let i = 0; i < 300; i++) {
    const damaged = baseline.slice();
    damaged[next(damaged.length)] ^= 1 << next(8);
    const error = await Guard.load(damaged).then(() => assert.fail("loaded"), (error) => error);
    assert.match(error.code, /^E200[23]$/);
    assert.equal(error.guard.decide({}).verdict, "block");
  }
});

test("what is no module of ours", async () => {
  assert.equal(await refused(new Uint8Array(), "E2002"), "block");
  assert.equal(await refused(baseline.slice(0, -1), "E2002"), "block");
  assert.equal(await refused(new Response("gone", { status: 404 }), "E6001"), "block");
  assert.equal(await refused(Promise.reject(new TypeError("network")), "E6001"), "block");
  const other = (text) => new WebAssembly.Module(Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, ...text]));
  await refused(other([]), "E2006");
  await refused(other([1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0]), "E2005");
});

test("limits of the host", async () => {
  assert.equal(await refused(baseline, "E2001", { limits: { moduleBytes: 1000 } }), "block");
  assert.equal(await refused(baseline, "E2009", { limits: { stepsPerByte: 10 } }), "block");
  assert.equal(await refused(baseline, "E2009", { limits: { steps: 10 } }), "block");
  assert.equal(await refused(baseline, "E2009", { limits: { memoryBytes: 10 } }), "block");
});

test("a module that fails its self-test answers the declared on_error", async () => {
  const text = new TextDecoder("latin1").decode(module("attributes"));
  const at = text.indexOf('"record":"524744') + 10 + 26; // the verdict of the first vector
  const wrong = await resealed(module("attributes"), (bytes) => ((bytes[at] = bytes[at] === 48 ? 49 : 48), bytes));
  assert.equal(await refused(wrong, "E2011"), "approve");
});

test("sections that say what no policy can say", async () => {
  const replaced = (from, to) => resealed(baseline, (bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    assert.ok(text.includes(from) && from.length === to.length);
    return new Uint8Array(Buffer.from(text.replace(from, to), "latin1"));
  });
  assert.equal(await refused(await replaced('"on_error":"block"', '"on_error":"allow"'), "E2007"), "block");
  assert.equal(await refused(await replaced('"abi":1,', '"abi":2,'), "E2008"), "block");
  assert.equal(await refused(await replaced('{"vectors"', '["vectors"'), "E2007"), "block");
  assert.equal(await refused(await replaced('riegel.bound', 'riegel.bount'), "E2007"), "block");
});

test("a refused module whose description has any shape still answers, and so does an event that throws", async () => {
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  for (const policy of [{}, { languages: 7 }, { languages: ["de"], obligations: [] }, { rules: 1, detectors: null, stages: [] }]) {
    const body = new TextEncoder().encode(`\x0driegel.policy${JSON.stringify({ on_error: "approve", ...policy })}`);
    const foreign = await resealed(baseline, () => Uint8Array.of(...empty, 0, (body.length & 127) | 128, body.length >> 7, ...body));
    const error = await Guard.load(foreign).then(() => assert.fail("loaded"), (error) => error);
    assert.equal(error.code, "E2006");
    const decision = error.guard.decide({ content: "x" });
    assert.equal(decision.verdict, "approve");
    assert.deepEqual(decision.obligations.map(({ kind }) => kind), ["show"]);
    assert.equal(decision.messages()[0].verdict, "approve");
    assert.equal(decision.explain("en").verdict, "approve");
    assert.ok(JSON.stringify(decision));
  }
  const guard = await Guard.load(baseline);
  const throws = () => {
    throw new Error("no");
  };
  assert.equal(guard.decide({ get today() { return throws(); } }).failure?.code, "E4001");
  assert.equal(guard.decide(new Proxy({}, { ownKeys: throws, get: throws })).verdict, "block");
});
