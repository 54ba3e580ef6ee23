// The vectors and their modules, as files.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const modules = process.env.RIEGEL_MODULES ?? join(root, "www/guard/target/modules");

/** `{name, module, vectors}`, by name. */
export const corpora = () =>
  readdirSync(join(root, "tests/vectors"))
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((file) => {
      const name = file.replace(".json", "");
      const { vectors } = JSON.parse(readFileSync(join(root, "tests/vectors", file), "utf8"));
      return { name, module: new Uint8Array(readFileSync(join(modules, `${name}.wasm`))), vectors };
    });
