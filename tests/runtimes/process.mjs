// For runtimes with files (Node, Deno, Bun): prints one line of JSON.
import { readFileSync } from "node:fs";
import { corpora } from "./corpora.mjs";
import { everything } from "./everything.mjs";

const event = JSON.parse(readFileSync(new URL("../../policies/examples/paste.json", import.meta.url), "utf8"));
console.log(JSON.stringify(await everything(corpora(), event)));
