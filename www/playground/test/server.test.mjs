// What `riegel playground` answers: its files, to this machine, and nothing else.
import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { after, test } from "node:test";
import { serve } from "./served.mjs";

const { url, close } = await serve();
after(close);
const { port } = new URL(url);

/** A request as it is written; browsers and `fetch` would tidy it. */
const raw = (text) =>
  new Promise((resolve, reject) => {
    let said = "";
    const socket = createConnection(Number(port), "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => (said += data.toString("latin1")));
    socket.on("end", () => resolve(said));
    socket.on("error", reject);
  });
const ask = (method, path, host = `127.0.0.1:${port}`) => raw(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
const status = async (...args) => Number(/^HTTP\/1\.1 (\d+)/.exec(await ask(...args))[1]);

test("the page has a strict policy, and another number each time", async () => {
  const [first, second] = await Promise.all([ask("GET", "/"), ask("GET", "/")]);
  const policy = /content-security-policy: (.*)/i.exec(first)[1];
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:|\*/);
  const nonce = (answer) => /'nonce-(\w{32})'/.exec(answer)[1];
  assert.notEqual(nonce(first), nonce(second));
  assert.ok(first.includes(`data-nonce="${nonce(first)}"`));
  assert.match(first, /x-content-type-options: nosniff/i);
});

test("only what is on the list, only reading, only under this name", async () => {
  for (const path of ["/", "/index.js", "/worker.js", "/library.bin", "/licences.txt", "/icon.svg?x=1"]) assert.equal(await status("GET", path), 200, path);
  for (const path of ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "//etc/passwd", "/built/index.js", "/index.js.gz", "*", ""]) assert.equal(await status("GET", path), 404, path);
  for (const method of ["POST", "PUT", "OPTIONS", "get"]) assert.equal(await status(method, "/"), 405, method);
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", `127.0.0.1:1`, ""]) assert.equal(await status("GET", "/", host), 421, host);
  assert.equal(await status("HEAD", "/"), 200);
});

test("rubbish is answered or dropped, and the next request is served", async () => {
  for (const text of ["\r\n\r\n", "GET\r\n\r\n", `GET / HTTP/1.1\r\nHost: ${"x".repeat(40_000)}\r\n\r\n`, "\xff\xfe\r\n\r\n"]) await raw(text).catch(() => "");
  assert.equal(await status("GET", "/"), 200);
});
