// The pages of the tests: the demo, and one with fields of other kinds under the strictest policies.
import { build } from "esbuild";
import { serve } from "../demo/server.mjs";
import { path } from "./support.mjs";

const page = `<!doctype html><html lang="de"><meta charset="utf-8"><title>Felder</title>
<form id="form"><label>Feld <input name="question" id="line"></label><riegel-guard id="g1" for="#form"></riegel-guard><button>Senden</button></form>
<div id="rich" contenteditable="true" role="textbox" aria-label="Nachricht"></div><riegel-guard id="g2" for="#rich" send=".send" enter="send" disclosure="none"></riegel-guard><button type="button" class="send">Los</button>
<output></output><script type="module" src="page.js"></script></html>`;

const script = `
import "@riegel/widget";
import policy from "./target/modules/baseline.js";
const out = document.querySelector("output");
for (const guard of document.querySelectorAll("riegel-guard")) guard.start({ source: policy, event: { destination: { host: "chatgpt.com" } } });
document.querySelector("form").addEventListener("submit", (submit) => { submit.preventDefault(); out.textContent += "form:" + submit.target.question.value + "|"; });
const rich = document.querySelector("#rich");
const send = () => { out.textContent += "rich:" + rich.innerText.trim() + "|"; };
rich.addEventListener("keydown", (down) => { if (down.key === "Enter" && !down.shiftKey) { down.preventDefault(); send(); } });
document.querySelector(".send").addEventListener("click", send);
`;

const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** Starts them all; `close` ends them. */
export async function servers() {
  const { outputFiles } = await build({ stdin: { contents: script, resolveDir: path(".") }, bundle: true, format: "esm", target: "es2022", write: false, alias: { "@riegel/widget": path("dist/index.js") }, logLevel: "error" });
  const files = { "index.html": page, "page.js": outputFiles[0].text };
  const [demo, strict, forbidden] = await Promise.all([serve(), serve(0, { csp: STRICT, files }), serve(0, { csp: "default-src 'none'; script-src 'self'", files })]);
  return { demo, strict, forbidden, close: () => Promise.all([demo, strict, forbidden].map((server) => server.close())) };
}
