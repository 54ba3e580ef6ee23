// Local replicas of chat pages, on names below localhost: browsers send those to this machine, and
// take them for secure. `chat.localhost` is an AI site, `shop.localhost` is none.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const STRICT = "default-src 'none'; script-src 'self'; connect-src 'self' ws:; img-src 'none'; frame-src *";

const page = (title, script) => `<!doctype html><html lang="de"><meta charset="utf-8"><title>${title}</title>
<main><h1>Muster-KI</h1><div id="editor"></div><button type="button" id="send" aria-label="Senden">↑</button>
<label>Datei <input type="file" id="file" multiple></label><div id="answers" role="log"></div><output></output></main>
<script type="module" src="/${script}"></script></html>`;

/** Starts the server; `got` is what reached it. */
export async function serve({ answers = {} } = {}) {
  const { outputFiles } = await build({ entryPoints: [path("replicas/editors.js")], bundle: true, format: "esm", target: "es2022", write: false, outdir: "/", logLevel: "error", define: { "process.env.NODE_ENV": '"production"' } });
  const scripts = new Map(outputFiles.map(({ path, text }) => [path.replace(/^.*\//, "/"), text]));
  const got = [];
  const extra = new Map();
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://x");
    const body = [];
    request.on("data", (piece) => body.push(piece));
    request.on("end", () => {
      const text = Buffer.concat(body).toString();
      if (url.pathname.startsWith("/api/")) {
        if (request.method !== "OPTIONS") got.push({ path: url.pathname, text, search: url.search, host: request.headers.host });
        response.writeHead(200, { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "content-type": "application/json" });
        return response.end("{}");
      }
      if (extra.has(url.pathname)) return extra.get(url.pathname)(request, response, text);
      if (scripts.has(url.pathname)) {
        response.writeHead(200, { "content-type": "text/javascript" });
        return response.end(scripts.get(url.pathname));
      }
      if (answers[url.pathname]) {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        return response.end(answers[url.pathname]);
      }
      if (url.pathname === "/frame") {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        const port = server.address().port;
        return response.end(`<!doctype html><title>Rahmen</title><h1>Muster-KI</h1><iframe id="frame" width="360" height="300" src="http://${url.searchParams.get("host")}:${port}/chat?editor=textarea"></iframe><output></output>`);
      }
      response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...(url.pathname === "/strict" && { "content-security-policy": STRICT }) });
      response.end(page(url.pathname, "editors.js"));
    });
  });
  server.on("upgrade", (request, socket) => {
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on("data", (frame) => {
      const text = unmask(frame);
      if (text) got.push({ path: "/socket", text });
    });
    socket.on("error", () => undefined);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    got,
    extra,
    port,
    at: (place, host = "chat.localhost") => `http://${host}:${port}${place}`,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}

/** The text of one short frame of a WebSocket. */
function unmask(frame) {
  if ((frame[0] & 15) !== 1) return "";
  let [length, at] = [frame[1] & 127, 2];
  if (length === 126) [length, at] = [frame.readUInt16BE(2), 4];
  const mask = frame.subarray(at, at + 4);
  return Buffer.from(frame.subarray(at + 4, at + 4 + length).map((byte, i) => byte ^ mask[i % 4])).toString();
}
