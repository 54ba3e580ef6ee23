// Real answers, written as literals of their types: TypeScript minds fields too many and too few.
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as compiler from "../dist/index.js";
import { execFileSync, read } from "./support.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test("types are those of real answers, and of a strict program", async () => {
  const good = read("policies/packs/baseline.riegel");
  const broken = read("tests/diagnostics/bad_host.riegel");
  const layer = read("policies/examples/msp/praxis_nord.riegel");
  const files = Object.fromEntries(["provider", "praxis"].map((name) => [`msp.${name}`, read(`policies/examples/msp/${name}.riegel`)]));
  const engine = await compiler.Engine.compile(good);
  const failing = good.replace(/expect (allow|warn|block)\b/, "expect log");
  const answers = {
    Checked: [await compiler.check(good), await compiler.check(broken)],
    Formatted: [await compiler.format(good), await compiler.format("rule {")],
    Compiled: [await compiler.compile(good), await compiler.compile(broken), await compiler.compile(layer, { files }), await compiler.compile(read("policies/packs/ai_act.riegel"))],
    Tested: [await compiler.test(good), await compiler.test(failing), await compiler.test(broken)],
    Answer: ["paste", "answer"].map((name) => engine.decide(JSON.parse(read(`policies/examples/${name}.json`)))),
    Vocabulary: [await compiler.vocabulary(good)],
  };
  // Bytes are not JSON.
  const literal = (value) => JSON.stringify(value, (_, inner) => (inner instanceof Uint8Array ? "BYTES" : inner)).replaceAll('"BYTES"', "new Uint8Array()");
  const lines = Object.entries(answers).flatMap(([type, values]) => values.map((value, i) => `export const ${type}${i}: compiler.${type} = ${literal(value)};`));
  mkdirSync(here("../target/types"), { recursive: true });
  writeFileSync(here("../target/types/answers.ts"), `import type * as compiler from "../../dist/index.js";\n${lines.join("\n")}\n`);
  writeFileSync(here("../target/types/program.ts"), `import { check, compile, Engine, format, load, test, type Diagnostic, type Options } from "../../dist/index.js";
export async function all(text: string): Promise<string> {
  await load();
  const options: Options = { name: "a.riegel", today: "2026-12-01", files: { "msp.base": text }, layers: [["b.riegel", text]] };
  const { ok, diagnostics } = await check(text, options);
  const first: Diagnostic | undefined = diagnostics[0];
  const { wasm, size } = await compile(text);
  const module: WebAssembly.Module | undefined = wasm && new WebAssembly.Module(wasm);
  const { passed } = await test(text);
  const engine = await Engine.compile(text);
  const { verdict, findings } = engine.decide({ action: "paste", destination: { host: "a.example" }, content: [{ role: "user", text }] });
  engine.free();
  // @ts-expect-error there is no such verdict
  const never = verdict === "maybe";
  return [ok, first?.message, module, size?.total, passed, never, findings[0]?.start.toFixed(), (await format(text)).text].join();
}
`);
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "false", "--lib", "es2022,dom,esnext.disposable"];
  execFileSync(process.execPath, [here("../node_modules/typescript/bin/tsc"), ...options, here("../target/types/answers.ts"), here("../target/types/program.ts")], { stdio: "inherit" });
});
