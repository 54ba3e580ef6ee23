// The modules that tests and demo need, into target/modules, as bytes and as JavaScript. `RIEGEL`
// names the compiler; without it, `cargo run --release`. What is newer than its sources stays.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const modules = fileURLToPath(new URL("../target/modules", import.meta.url));
const inline = fileURLToPath(new URL("inline.mjs", import.meta.url));
const built = join(root, "target/release/riegel");
const compiler = process.env.RIEGEL ? [process.env.RIEGEL] : existsSync(built) ? [built] : ["cargo", "run", "--release", "--quiet", "--"];
const changed = (...files) => Math.max(...files.filter(existsSync).map((file) => statSync(file).mtimeMs));

mkdirSync(modules, { recursive: true });
for (const file of ["policies/packs/baseline.riegel", "policies/packs/prompt_sicherheit.riegel", "www/widget/test/evidence.riegel"]) {
  const [policy, name] = [join(root, file), basename(file, ".riegel")];
  const module = join(modules, `${name}.wasm`);
  const script = join(modules, `${name}.js`);
  if (!existsSync(module) || changed(module) < changed(policy, compiler[0])) {
    const [program, ...args] = compiler;
    execFileSync(program, [...args, "build", policy, "-o", module], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  }
  if (!existsSync(script) || changed(script) < changed(module)) execFileSync(process.execPath, [inline, module, script]);
}
