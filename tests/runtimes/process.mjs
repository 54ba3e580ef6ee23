// For runtimes with files (Node, Deno, Bun): prints one line of JSON.
import { readFileSync } from "node:fs";
import { corpora } from "./corpora.mjs";
import { everything } from "./everything.mjs";

const json = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
console.log(JSON.stringify(await everything(corpora(), json("policies/examples/paste.json"), json("tests/signing/vectors.json"))));
