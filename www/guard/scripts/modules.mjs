// The modules that tests need, into target/modules: the policies of the vectors and of the bench.
// `RIEGEL` names the compiler; without it, `cargo run --release`. What is newer than its sources stays.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { modules, root } from "./paths.mjs";

mkdirSync(modules, { recursive: true });

/** Builds a policy, unless it was built since it changed; gives the module's path. */
function build(policy, compiler) {
  const module = join(modules, `${basename(policy, ".riegel")}.wasm`);
  const stamp = Math.max(...[policy, ...compiler.slice(0, 1)].filter(existsSync).map((file) => statSync(file).mtimeMs));
  if (!existsSync(module) || statSync(module).mtimeMs < stamp) {
    const [program, ...args] = compiler;
    execFileSync(program, [...args, "build", policy, "-o", module], { cwd: root, stdio: ["ignore", "ignore", "ignore"] });
  }
  return module;
}

const compiler = process.env.RIEGEL ? [process.env.RIEGEL] : existsSync(join(root, "target/release/riegel")) ? [join(root, "target/release/riegel")] : ["cargo", "run", "--release", "--quiet", "--"];
execFileSync(process.execPath, [join(root, "tests/bench/attributes.mjs"), "write", modules]);
const named = (folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith(".riegel")).map((name) => join(root, folder, name));
const withVectors = new Set(readdirSync(join(root, "tests/vectors")).map((name) => name.replace(".json", ".riegel")));
const policies = [...named("tests/vectors"), ...named("policies/packs"), join(root, "tests/bench/thirty.riegel"), join(modules, "rules30.riegel"), join(modules, "rules1000.riegel")];
for (const policy of policies.filter((path) => !path.includes("packs") || withVectors.has(basename(path)))) build(policy, compiler);
console.log(`modules: ${readdirSync(modules).filter((name) => name.endsWith(".wasm")).length}`);
