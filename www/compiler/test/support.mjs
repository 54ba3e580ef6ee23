// What the tests share: the repository, the command line, and the built package.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const dist = fileURLToPath(new URL("../dist/", import.meta.url));
export const DAY = "2026-12-01";

const built = join(root, "target/release/riegel");
const command = process.env.RIEGEL ?? (existsSync(built) ? built : undefined);

/** Runs `riegel`; gives what it wrote, whatever it thinks of the policies. */
export function riegel(args, cwd = root) {
  const [program, before] = command ? [command, []] : ["cargo", ["run", "--release", "--quiet", "--"]];
  const { stdout, status, error } = spawnSync(program, [...before, ...args], { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error || status > 1) throw error ?? new Error(`riegel ${args[0]}: ${status}`);
  return stdout;
}

/** The module that `riegel build` writes of a policy. */
export function build(policy) {
  const file = join(mkdtempSync(join(tmpdir(), "riegel-")), "policy.wasm");
  riegel(["build", policy, "-o", file]);
  return readFileSync(file);
}

export const read = (path) => readFileSync(join(root, path), "utf8");
export { execFileSync };
