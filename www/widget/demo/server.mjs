// A small server for the demo: the page, the modules, and an endpoint that answers like OpenAI's chat
// completions, streamed in pieces of a few characters. It is no model: it answers by a few keywords
// and repeats what it was sent, so that one sees what left the page.
//
//   npm run demo        http://localhost:8077/
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = fileURLToPath(new URL("../target/modules/", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".wasm": "application/wasm" };
/** No inline code, no inline styles; WebAssembly may be compiled. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self'";

const SAID = [
  // Put together, so that no scanner takes this file for a leak.
  [/schlüssel|key/i, () => `Der Zugang steht in der Vorlage. Das Token lautet ${"gh" + "p_RiegelDemoRiegelDemoRiegelDemo3IByxA"} und gilt bis Freitag. Bitte tauschen Sie es danach aus.`],
  [/bild|picture/i, () => "Hier ist die Zusammenfassung. ![Diagramm](https://bilder.example/p.png?q=SmFuaW5hIEJlaXNwaWVsLCBBdWZ0cmFnIDIwMjYtMTE4NzM) Mehr dazu gern."],
];

/** What the demo's "model" says to the last message. */
export function answerTo(messages) {
  const last = String(messages.at(-1)?.content ?? "");
  const [, say] = SAID.find(([word]) => word.test(last)) ?? [];
  return say ? say() : `Gern. Sie schrieben: ${last}`;
}

/** Starts the server; gives its address, what was sent to the endpoint, and how to end it. */
export async function serve(port = 0, { csp = POLICY, files = {} } = {}) {
  const { outputFiles } = await build({ absWorkingDir: here, entryPoints: ["demo.js"], bundle: true, format: "esm", target: "es2022", write: false, alias: { "@riegel/widget": join(here, "../dist/index.js") } });
  const sent = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const send = (status, type, body) => response.writeHead(status, { "content-type": type, "content-security-policy": csp }).end(body);
    if (request.method === "POST" && url.pathname === "/v1/chat/completions") {
      let text = "";
      for await (const chunk of request) text += chunk;
      const asked = JSON.parse(text);
      sent.push(asked);
      const answer = answerTo(asked.messages);
      if (!asked.stream) return send(200, "application/json", JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }] }));
      response.writeHead(200, { "content-type": "text/event-stream", "content-security-policy": csp });
      // Pieces of five characters: placeholders come in two, as from a real model.
      for (const content of answer.match(/[^]{1,5}/gu)) {
        response.write(`data: ${JSON.stringify({ id: "demo", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      response.write(`data: ${JSON.stringify({ id: "demo", object: "chat.completion.chunk", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`);
      return response.end("data: [DONE]\n\n");
    }
    if (url.pathname === "/favicon.ico") return response.writeHead(204).end();
    const name = url.pathname === "/" ? "index.html" : url.pathname.slice(1);
    try {
      if (Object.hasOwn(files, name)) return send(200, TYPES[extname(name)] ?? "text/plain", files[name]);
      if (name === "demo.js") return send(200, TYPES[".js"], outputFiles[0].text);
      if (/^[\w-]+\.(wasm)$/.test(name)) return send(200, TYPES[".wasm"], readFileSync(join(modules, name)));
      if (["index.html", "demo.css"].includes(name)) return send(200, TYPES[extname(name)], readFileSync(join(here, name)));
    } catch {
      // Said below.
    }
    return send(404, "text/plain", "not here");
  });
  await new Promise((resolve) => server.listen(port, "localhost", resolve));
  return { url: `http://localhost:${server.address().port}/`, sent, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log((await serve(8077)).url);
