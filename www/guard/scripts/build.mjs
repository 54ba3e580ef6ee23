// Builds dist/: minified ES modules with their source maps, and the types.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
rmSync(here("dist"), { recursive: true, force: true });
const options = { bundle: true, format: "esm", target: "es2022", platform: "neutral", sourcemap: true, legalComments: "none", absWorkingDir: here(".") };
await build({ ...options, minify: true, entryPoints: ["index", "seal", "synthetic", "words"].map((name) => `src/${name}.ts`), outdir: "dist", external: ["@riegel/guard"] });
// What tests look at besides the public surface; not part of the package.
await build({ ...options, entryPoints: ["src/frame.ts", "src/hosts.ts", "src/days.ts", "src/placeholder.ts"], outdir: "target/internals" });
execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("tsconfig.json")], { stdio: "inherit" });
