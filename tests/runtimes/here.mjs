// Runs the suite in the runtime that runs this file (Node, Deno, Bun); prints one line of JSON.
import * as guard from "../../www/guard/dist/index.js";
import { corpora } from "./corpora.mjs";
import { run } from "./suite.mjs";

console.log(JSON.stringify(await run(guard, corpora())));
