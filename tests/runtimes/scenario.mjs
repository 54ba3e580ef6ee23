// One conversation, from paste to restored answer, as a host would have it. Throws where something
// is not as it should be. Run in every runtime.

const must = (fine, what) => {
  if (!fine) throw new Error(`scenario: ${what}`);
};

/** `module` is the baseline, `event` policies/examples/paste.json. */
export async function scenario({ Guard, RiegelError }, { Vault }, { seal, unseal }, { synthetic }, { inWords }, module, event) {
  const guard = await Guard.load(module);
  const decision = guard.decide(event);
  must(decision.verdict === "redact", `the verdict is ${decision.verdict}`);
  const found = decision.findings.map(({ start, end }) => event.content.slice(start, end));
  must(String(found) === "DE02 1203 0000 0000 2020 51,jutta.kranz@werkstatt-sued.de", `found ${found}`);
  must(decision.messages("de")[0].text.startsWith("Personenbezogene Angaben erkannt (2), und chatgpt.com"), "the message");
  must(inWords(decision, "de").headline.startsWith("Erst schwärzen: Personenbezogene Angaben erkannt (2)"), "the headline");

  const vault = new Vault("chat-17");
  const clean = decision.redacted(vault);
  must(clean.includes("[IBAN_1]") && clean.includes("[EMAIL_1]") && !found.some((value) => clean.includes(value)), "the redaction");
  const again = guard.decide({ ...event, content: clean });
  must(again.verdict !== "redact" && again.verdict !== "block", `the second verdict is ${again.verdict}`);
  must(!JSON.stringify([decision, vault]).includes("jutta"), "content in JSON");

  const answer = "Schreiben Sie an **Email_1** wegen [iban 1].";
  const right = `Schreiben Sie an **${found[1]}** wegen ${found[0]}.`;
  must(vault.restore(answer) === right, vault.restore(answer));
  const chunks = new ReadableStream({
    start(controller) {
      for (const char of answer) controller.enqueue(char);
      controller.close();
    },
  });
  let streamed = "";
  const reader = chunks.pipeThrough(vault.restoreStream()).getReader();
  for (let next; !(next = await reader.read()).done; ) streamed += next.value;
  must(streamed === right, streamed);

  const made = vault.disguise(clean, synthetic);
  must(made.includes("person1@example.com") && vault.restore(made) === event.content, "made-up values");

  const key = crypto.getRandomValues(new Uint8Array(32));
  const sealed = await seal(vault, key);
  const reopened = new Vault("chat-17", await unseal(sealed, key, "chat-17"));
  must(reopened.placeholder("EMAIL", found[1]) === "[EMAIL_1]" && reopened.restore(answer) === right, "reloading");
  const refused = await unseal(sealed, key, "chat-18").catch((error) => error);
  must(refused instanceof RiegelError && refused.code === "E7001", "another conversation");
  return "fine";
}

/** Signatures, as this runtime's WebCrypto sees them: `signatures` is tests/signing/vectors.json. */
export async function trust({ RiegelError }, { verify, verifyData }, signatures) {
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  for (const { name, file, trust, expected, answer, code } of signatures) {
    const bytes = Uint8Array.from(file.match(/../g), (pair) => parseInt(pair, 16));
    const said = await (expected.name ? verifyData(bytes, trust, expected) : verify(bytes, trust, expected)).catch((error) => error);
    if (code) must(said instanceof RiegelError && said.code === code, `${name}: ${said.code ?? said}`);
    else must(hex(expected.name ? (said.bytes ?? []) : said instanceof Error ? [] : said) === answer.bytes, `${name}: ${said}`);
  }
}
