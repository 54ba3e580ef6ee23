// For browsers: modules and vectors are fetched.
import { everything } from "./everything.mjs";

const json = async (path) => (await fetch(path)).json();
const corpora = [];
for (const name of await json("/names")) {
  const module = new Uint8Array(await (await fetch(`/modules/${name}.wasm`)).arrayBuffer());
  corpora.push({ name, module, vectors: (await json(`/vectors/${name}.json`)).vectors });
}
globalThis.result = JSON.stringify(await everything(corpora, await json("/event.json"), await json("/signatures.json")));
