// The modules that tests need, into target/modules: the policies of the vectors and of the bench.
// `RIEGEL` names the compiler; without it, `cargo run --release`. What is newer than its sources stays.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
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
// Signed as an administrator does it, with a key of this run.
const riegel = (...args) => execFileSync(compiler[0], [...compiler.slice(1), ...args], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
const [key, trust, params] = ["signing.key", "trust.json", "params.json"].map((name) => join(modules, name));
rmSync(trust, { force: true });
riegel("key", key, "--signing", "--force");
riegel("trust", "add", trust, `${key}.pub`);
riegel("sign", join(modules, "attributes.wasm"), "--key", key, "-o", join(modules, "attributes.signed"));
writeFileSync(params, JSON.stringify({ limit: 3 }));
riegel("sign", params, "--key", key, "--policy", "attributes", "--version", "1.0.0", "-o", join(modules, "params.signed"));
// Clients hashed under a key that the test knows too: the bytes 0 to 15.
const [names, listKey, known] = ["known.txt", "known.key", "known.riegel"].map((name) => join(modules, name));
writeFileSync(names, "Werkstatt Süd GmbH\nK-48213\n");
writeFileSync(listKey, `${Buffer.from(Array.from({ length: 16 }, (_, i) => i)).toString("hex")}\n`);
riegel("hash-list", names, "--key", listKey, "-o", join(modules, "known.hashed"));
copyFileSync(join(root, "www/guard/test/policies/known.riegel"), known);
riegel("build", known, "-o", join(modules, "known.wasm"));
console.log(`modules: ${readdirSync(modules).filter((name) => name.endsWith(".wasm")).length}`);
