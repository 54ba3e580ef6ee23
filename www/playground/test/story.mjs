// What a person does with the playground, told once and run in both browsers.
import assert from "node:assert/strict";
import { test } from "node:test";

/** The same with axe in each. */
export const AXE = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html, failureSummary }) => html.slice(0, 160) + " " + failureSummary).join(" | ")))`;

const text = (id) => `document.querySelector("#${id}").innerText`;
const lines = (id) => `[...document.querySelectorAll("#${id} .cm-line")].map((line) => line.textContent).join("\\n")`;

/** Runs the story; `open(url, options)` gives a page to see, type, press, paste and click. */
export function tellTheStory(name, open, url) {
  /** Waits until an expression says something that fits. */
  const until = async (page, expression, fits) => {
    const end = Date.now() + 60_000;
    for (let now; ; ) {
      now = await page.see(expression);
      if (fits(now)) return now;
      if (Date.now() > end) assert.fail(`${expression} is still ${JSON.stringify(now)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const decided = (page, word) => until(page, `document.querySelector(".verdict .word")?.textContent ?? ""`, (now) => now === word);
  const all = async (page, key = "Control+a") => page.press(key);

  test(`${name}: a mistake, its diagnostic, completion, format, and a finding`, async () => {
    const page = await open(url);
    await decided(page, "Redact first");
    assert.match(await page.see(text("state")), /^(✓ )?No problems/);
    assert.deepEqual(await page.see(`[...document.querySelectorAll("#content-editor .found")].map((mark) => mark.textContent)`), ["DE02 1203 0000 0000 2020 51", "jutta.kranz@werkstatt-sued.de"]);
    assert.ok((await page.see(`document.querySelectorAll("#policy-editor .fired").length`)) > 0, "clauses are lit");
    assert.match(await page.see(text("decision")), /GDPR Art\. 5\(1\)\(c\)/);
    assert.match(await page.see(text("decision")), /account \[IBAN_1\]\. You reach me at \[EMAIL_1\]/);
    assert.match(await page.see(text("size")), /KB gzip.* = code .* tables .* descriptions/);

    // A policy written from nothing, with a mistake.
    await page.click(`document.querySelector("#policy-editor .cm-content")`);
    await all(page);
    await page.paste('policy own "Own" {\n version "1.0.0"\n languages en\n on_error block\n}\n\nuse lib.event\nuse lib.paymnt\n');
    await until(page, text("problems"), (now) => /error R\d+ .*lib\.paymnt.*line 8/s.test(now));
    assert.ok(await page.see(`document.querySelectorAll("#policy-editor .cm-lintRange-error").length > 0`));
    await page.axeFindsNothing();
    assert.match(await page.see(text("decision")), /policy before the last change/);

    // A click on the problem goes there; the mistake is put right by hand.
    await page.click(`document.querySelector("#problems button")`);
    await page.press("ArrowRight");
    for (const _ of "lib.paymnt") await page.press("Backspace");
    await page.type("lib.payment");
    await page.press("Escape");
    await until(page, text("problems"), (now) => !/error/.test(now));

    // Completion knows the library's detectors, and the standard event.
    await page.press("Control+End");
    await page.type("rule r {");
    await page.press("Enter");
    await page.type("when found payment.ca");
    await until(page, `[...document.querySelectorAll(".cm-tooltip-autocomplete li")].map((li) => li.textContent).join()`, (now) => /payment\.card/.test(now));
    await until(page, `document.querySelector(".cm-tooltip-autocomplete li[aria-selected]")?.textContent ?? ""`, (now) => now.startsWith("payment.card"));
    await new Promise((resolve) => setTimeout(resolve, 120));
    await page.press("Enter");
    await until(page, lines("policy-editor"), (now) => /when found payment\.card/.test(now));
    await page.press("Enter");
    await page.type('then block say { en "No cards here"');
    await page.press("Control+End");
    await until(page, text("state"), (now) => /compiled in/.test(now));

    await page.click(`document.querySelector("#format")`);
    await until(page, lines("policy-editor"), (now) => /\n  version\s+"1\.0\.0"\n/.test(now) && /\n  when found payment\.card\n  then block\n/.test(now));

    // Pasted content is decided on, and nothing was found where nothing is.
    await page.click(`document.querySelector("#content-editor .cm-content")`);
    await all(page);
    await page.paste("Bitte prüfe 😀 die Karte 4012 8888 8888 1881");
    await decided(page, "Stopped");
    await until(page, `[...document.querySelectorAll("#content-editor .found")].map((mark) => mark.textContent).join("|")`, (now) => now === "4012 8888 8888 1881");
    await all(page);
    await page.type("nothing");
    await decided(page, "Allowed");
    assert.match(await page.see(text("decision")), /Nothing was found/);
    assert.deepEqual(page.errors, []);
    await page.close();
  });

  test(`${name}: language, colours, tests, packs; axe finds nothing in any of them`, async () => {
    const page = await open(url);
    await decided(page, "Redact first");
    await page.axeFindsNothing();
    await page.click(`document.querySelector("#language")`);
    await decided(page, "Erst schwärzen");
    assert.equal(await page.see(`document.documentElement.lang`), "de");
    assert.match(await page.see(`document.body.innerText`), /Nichts, was Sie hier schreiben, verlässt sie/);
    assert.match(await page.see(text("decision")), /2 personenbezogene Angaben erkannt/);
    await page.axeFindsNothing();
    await page.click(`document.querySelector("#theme")`);
    const luminance = `(([r, g, b]) => r + g + b)(getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number))`;
    await until(page, luminance, (now) => now < 200);
    await page.axeFindsNothing();
    await page.click(`document.querySelector("#tests")`);
    await until(page, text("test-results"), (now) => /1 bestanden/.test(now));
    await page.see(`(() => { const menu = document.querySelector("#open"); menu.value = "pack packs.pci_dss"; menu.dispatchEvent(new Event("change")); })()`);
    await until(page, lines("policy-editor"), (now) => /PCI DSS/.test(now));
    await until(page, text("state"), (now) => /übersetzt in/.test(now));
    assert.deepEqual(page.errors, []);
    await page.close();
  });

  test(`${name}: with the keyboard alone, and a link that opens the same`, async () => {
    const page = await open(url);
    await decided(page, "Redact first");
    const seen = [];
    for (let i = 0; i < 24 && !seen.includes("summary"); i += 1) {
      await page.press("Tab");
      seen.push(await page.see(`(document.activeElement.id || document.activeElement.closest(".editor")?.id || document.activeElement.localName)`));
    }
    for (const stop of ["open", "share", "language", "theme", "format", "tests", "policy-editor", "content-editor", "summary"]) assert.ok(seen.includes(stop), `${stop} in ${seen}`);
    // Tab goes in and out again: no editor holds the keyboard.
    assert.equal(new Set(seen).size, seen.length, seen.join());
    while ((await page.see(`document.activeElement.closest(".editor")?.id`)) !== "content-editor") await page.press("Shift+Tab");
    await all(page);
    await page.type("Call me: 0711 1234567, jutta@werkstatt-sued.de");
    await until(page, `document.querySelector("#content-editor .found")?.textContent`, (now) => now === "jutta@werkstatt-sued.de");
    while ((await page.see(`document.activeElement.id`)) !== "share") await page.press("Shift+Tab");
    await page.press("Enter");
    await until(page, `location.hash`, (now) => now.startsWith("#v1."));
    const link = await page.see(`location.href`);
    const [policy, content, event] = await Promise.all(["policy", "content", "event"].map((id) => page.see(lines(`${id}-editor`))));
    await page.close();

    const other = await open(link);
    await until(other, lines("content-editor"), (now) => now === content);
    assert.equal(await other.see(lines("policy-editor")), policy);
    assert.equal(await other.see(lines("event-editor")), event);
    await decided(other, "Redact first");
    await other.close();

    const broken = await open(`${url}#v1.AAAA`);
    await until(broken, text("toast"), (now) => /could not be read/.test(now));
    await decided(broken, "Redact first");
    assert.deepEqual(broken.errors, []);
    await broken.close();
  });

  test(`${name}: nothing leaves the page, and hostile text stays text`, async () => {
    const page = await open(url);
    await decided(page, "Redact first");
    assert.ok(page.asked.every((address) => address.startsWith(url)), page.asked.join());
    const before = page.asked.length;
    await page.click(`document.querySelector("#content-editor .cm-content")`);
    await all(page);
    await page.paste("<img src=x onerror=alert(1)> jutta@werkstatt-sued.de </script>");
    await until(page, `document.querySelector("#content-editor .found")?.textContent`, (now) => now === "jutta@werkstatt-sued.de");
    assert.equal(await page.see(`document.querySelectorAll("#decision img").length`), 0);
    await page.click(`document.querySelector("#format")`);
    await page.click(`document.querySelector("#share")`);
    await until(page, `location.hash`, (now) => now.startsWith("#v1."));
    assert.deepEqual(page.asked.slice(before), []);
    assert.equal(await page.see(`fetch("https://example.com/").then(() => "left", () => "stayed")`), "stayed");

    // The event: a mistake in it is said, and fails closed.
    await page.click(`document.querySelector("#event-editor .cm-content")`);
    await all(page);
    await page.paste('{ "action": "paste", "destinatoin": { "host": "chatgpt.com" } }');
    await until(page, text("event-problem"), (now) => /E3002/.test(now));
    await decided(page, "Stopped");
    await page.close();
  });
}
