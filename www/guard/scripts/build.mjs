// Builds dist/: minified ES modules with their source maps, and the types.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { minify } from "terser";


const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
rmSync(here("dist"), { recursive: true, force: true });
const options = { bundle: true, format: "esm", target: "es2022", platform: "neutral", sourcemap: true, legalComments: "none", absWorkingDir: here(".") };
const entries = ["index", "seal", "synthetic", "trust", "vault", "words"];
// Names of properties that only the package itself sees. Public names, and those of the platform, are
// not among them; the tests run on what this makes.
const INSIDE = "pointer numbers masks items known prefix words dutiesAt demandAt findingsAt stopped base limit begin list measured tokens behind cut made value patterns";
await build({ ...options, mangleProps: new RegExp(`^(${INSIDE.replaceAll(" ", "|")})$`), entryPoints: entries.map((name) => `src/${name}.ts`), outdir: "dist", external: ["@riegel/guard"] });
// terser's second look saves some hundred bytes more than esbuild's.
for (const name of entries) {
  const [file, map] = [here(`dist/${name}.js`), here(`dist/${name}.js.map`)];
  const { code, map: minified } = await minify(readFileSync(file, "utf8"), {
    module: true,
    // With sequences V8 runs the result three times slower.
    compress: { passes: 3, ecma: 2020, unsafe_arrows: true, sequences: false },
    sourceMap: { content: readFileSync(map, "utf8"), url: `${name}.js.map` },
  });
  writeFileSync(file, code);
  writeFileSync(map, minified);
}
execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("tsconfig.json")], { stdio: "inherit" });
