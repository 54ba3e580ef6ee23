// In JavaScript the compiler says and writes what it says and writes on the command line.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import * as compiler from "../dist/index.js";
import { Guard } from "../../guard/dist/index.js";
import { build, DAY, read, riegel, root } from "./support.mjs";

test("the same diagnostics for every golden policy", async () => {
  const folder = join(root, "tests/diagnostics");
  const names = readdirSync(folder).filter((name) => name.endsWith(".riegel"));
  const { files: all } = JSON.parse(riegel(["check", "--format", "json", "--today", DAY, ...names], folder));
  assert.ok(names.length > 150, `${names.length} policies`);
  // What stands beside them; the library's own files come first, as on the command line.
  const beside = readdirSync(join(folder, "lib")).filter((name) => name.endsWith(".riegel"));
  const files = Object.fromEntries(beside.map((name) => [`lib.${basename(name, ".riegel")}`, readFileSync(join(folder, "lib", name), "utf8")]));
  const codes = new Set();
  for (const { file, ok, diagnostics } of all) {
    const said = await compiler.check(readFileSync(join(folder, file), "utf8"), { name: file, today: DAY, files });
    assert.deepEqual(said, { ok, diagnostics }, file);
    for (const { code } of diagnostics) codes.add(code);
  }
  assert.ok(codes.size > 80, `${codes.size} codes`);
});

test("the same bytes for every pack, and its tests pass here", async () => {
  for (const policy of [...readdirSync(join(root, "policies/packs")).map((name) => `policies/packs/${name}`), "tests/bench/thirty.riegel"]) {
    const name = basename(policy);
    const { wasm, size, diagnostics } = await compiler.compile(read(policy), { name });
    assert.ok(wasm, `${policy}: ${diagnostics[0]?.message}`);
    assert.ok(Buffer.from(wasm).equals(build(policy)), `${policy}: another module`);
    assert.equal(size.total, wasm.length);
    assert.ok(size.code + size.tables + size.descriptions < size.total);
  }
});

test("a policy's tests: what passes, what fails, and what came instead", async () => {
  const policy = read("policies/packs/pci_dss.riegel");
  const counted = Number(/(\d+) passed/.exec(riegel(["test", "policies/packs/pci_dss.riegel"]))[1]);
  const all = await compiler.test(policy, { name: "pci_dss.riegel" });
  assert.deepEqual([all.passed, all.failed, all.diagnostics.filter(({ severity }) => severity === "error")], [counted, 0, []]);
  assert.ok(counted > 5);
  const wrong = await compiler.test(policy.replace("expect block by authentication_data_never", "expect allow"), { name: "pci_dss.riegel" });
  assert.deepEqual([wrong.passed, wrong.failed], [counted - 1, 1]);
  const [{ complaints: [complaint] }] = wrong.tests.filter(({ passed }) => !passed);
  assert.equal(complaint.expected, "expect allow");
  assert.equal(complaint.came, "block: by authentication_data_never");
});

test("the one layout", async () => {
  const tidy = read("policies/packs/baseline.riegel");
  assert.deepEqual(await compiler.format(tidy), { text: tidy, diagnostics: [] });
  assert.deepEqual(await compiler.format(`\uFEFF${tidy.replaceAll("\n  ", "\n")}`), { text: tidy, diagnostics: [] });
  const { text, diagnostics } = await compiler.format("rule {");
  assert.equal(text, undefined);
  assert.match(diagnostics[0].code, /^R00/);
});

test("an engine decides as a guard does, to the byte", async () => {
  const engine = await compiler.Engine.compile(read("policies/packs/baseline.riegel"), { today: DAY });
  const guard = await Guard.load(engine.wasm);
  for (const name of ["paste", "clean", "upload", "answer"]) {
    const event = JSON.parse(read(`policies/examples/${name}.json`));
    const [answer, decision] = [engine.decide(event), guard.decide(event)];
    assert.equal(decision.failure, undefined);
    assert.deepEqual(answer.record, decision.record, name);
    assert.equal(answer.verdict, decision.verdict);
    assert.deepEqual(answer.rules.map(({ id, clauses }) => [id, clauses.map(({ text }) => text)]), decision.rules.map(({ id, clauses }) => [id, clauses]));
    const places = ({ detector, part, start, end, redact }) => ({ detector, part, start, end, redact });
    assert.deepEqual(answer.findings.map(places), decision.findings.map(places));
    assert.deepEqual(answer.obligations.map(({ kind, argument }) => ({ kind, argument })), decision.obligations.map(({ kind, argument }) => ({ kind, argument })));
  }
  engine.free();
});

test("hosts are compared as everywhere, and a misspelt attribute is an error without any value in it", async () => {
  const policy = `policy h "H" { version "1.0.0" languages en on_error block }
use lib.event
rule r { when destination.host = "xn--bcher-kva.example" then block say { en "no" } }`;
  const engine = await compiler.Engine.compile(policy);
  const ask = (host, more = {}) => engine.decide({ action: "paste", destination: { host }, ...more }).verdict;
  assert.equal(ask("Bücher.Example."), "block");
  assert.equal(ask("example.com"), "allow");
  assert.throws(() => ask("https://example.com"), /destination\.host/);
  assert.throws(() => engine.decide({ action: "paste", user: { rols: ["geheimes-wort"] } }), (error) => /user\.rols.*user\.roles/.test(error.message) && !error.message.includes("geheim"));
  assert.throws(() => engine.decide({ action: "paste", destination: { host: "a.example" }, today: "2026-02-30" }), /today/);
});

test("a policy with errors gives no module, an engine with its diagnostics, a library none", async () => {
  const wrong = 'policy p "P" { version "1.0.0" languages en on_error block }\nuse lib.evnt\n';
  const { wasm, ok, diagnostics } = await compiler.compile(wrong);
  assert.deepEqual([wasm, ok, diagnostics[0].suggestion], [undefined, false, "lib.event"]);
  await assert.rejects(compiler.Engine.compile(wrong), (error) => error.diagnostics[0].code === diagnostics[0].code);
  assert.equal((await compiler.compile('list a = "x"')).diagnostics.at(-1).code, "E6003");
  await assert.rejects(compiler.check("", { nmae: "x" }), /nmae/);
  await assert.rejects(compiler.check("", { today: "2026-02-30" }), /today/);
});

test("layers stand on policies beside them", async () => {
  const { ok, policy, diagnostics } = await compiler.compile(read("policies/examples/msp/praxis_nord.riegel"), {
    files: Object.fromEntries(["provider", "praxis"].map((name) => [`msp.${name}`, read(`policies/examples/msp/${name}.riegel`)])),
    today: DAY,
  });
  assert.ok(ok, diagnostics[0]?.message);
  assert.ok(policy.layers.length >= 3);
});

test("names for editors come from what a policy uses, also while it is broken", async () => {
  const { attributes, detectors, classes, rules, libraries } = await compiler.vocabulary("use lib.event\nuse lib.payment\nrule half {\n  when found pay");
  assert.ok(attributes.some(({ name, variants }) => name === "action" && variants.includes("paste")));
  assert.equal(detectors.find(({ id }) => id === "payment.card").titles.de, "Kartennummer (PAN)");
  assert.ok(classes.includes("payment") && rules.includes("half") && libraries.includes("packs.dsgvo"));
});

test("bytes become places in JavaScript", () => {
  const text = "ä€😀x";
  const at = compiler.inUtf16(text);
  assert.deepEqual([0, 2, 5, 9, 10].map(at), [0, 1, 2, 4, 5]);
});
