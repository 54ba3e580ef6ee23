// The promise: at most 20 KB gzip with the SDK. Fails above.
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

const MOST = 20_480;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const measure = async (what, from, external = []) => {
  const { outputFiles } = await build({ stdin: { contents: `export * from "./dist/${from}.js";`, resolveDir }, bundle: true, minify: true, format: "esm", target: "es2022", write: false, external, legalComments: "none" });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  console.log(`${what.padEnd(32)} ${String(outputFiles[0].contents.length).padStart(6)} bytes, ${String(size).padStart(6)} gzip`);
  return size;
};
await measure("@riegel/widget alone", "index", ["@riegel/guard"]);
await measure("@riegel/widget/chat alone", "chat", ["@riegel/guard"]);
const all = await measure("@riegel/widget and the SDK", "index");
console.log(all > MOST ? `ABOVE: ${all - MOST} bytes more than the ${MOST} it may have` : `at most ${MOST}`);
process.exit(all > MOST ? 1 : 0);
