// Generated answers with placeholders as models write them, cut at random places.
import assert from "node:assert/strict";
import { Vault } from "../dist/vault.js";
import { synthetic } from "../dist/synthetic.js";
import { dice } from "./support.mjs";

const LABELS = ["EMAIL", "IBAN", "CARD", "STEUER_ID", "GITHUB_PAT", "IP", "IPV4", "PHONE", "SVNR", "KUNDE"];
const WORDS = ["Bitte", "an", "die", "Email", "card", "1", "siehe", "[1]", "[EMAIL", "EMAIL_", "(oben)", "[Link](https://x.example/EMAIL_1)", "https:", "//", "<https://", "](<", "\"http://x", "&#", "&sol;", ">", "\"", "_", "**", "\\", "[[", "]]", "ü€😀", "\ud83d", "\n", "E-Mail", "IBANs", "Steuer", "EMAIL_99", "[CARD_7]", "MY_EMAIL_1", "EMAIL_1x", "x[", "`code`", "{", "}", "<b>", "'", "’s", "person", "person1@", "DE", "0000"];

const mangle = (d, label, number) => {
  const spelled = d.pick([label, label, label.toLowerCase(), label[0] + label.slice(1).toLowerCase(), label.replace(/_/g, " "), label.replace(/_/g, "\\_"), label === "EMAIL" ? "E-Mail" : label]);
  const behind = d.pick(["", "", "", "s", "en", "'s", "’s", "n", "er"]);
  switch (d.next(10)) {
    case 0: return `${spelled.replace(/ /g, "_")}_${number}${behind}`;
    case 1: return `**[${spelled}_${number}]**`;
    case 2: return `[**${spelled}_${number}**]${behind}`;
    case 3: return `\\[${spelled}\\_${number}\\]`;
    case 4: return `[${spelled} ${number}]`;
    case 5: return `{${spelled}-${number}}`;
    case 6: return `\`${label}_${number}\``;
    case 7: return `[${spelled}_${number}${behind}](mailto:${label}_${number})`;
    case 8: return `__${label}_${number}__`;
    default: return `[${label}_${number}]${behind}`;
  }
};

/** A vault with a few values. */
function conversation(d, name) {
  const vault = new Vault(name);
  const values = [];
  for (let i = 1 + d.next(6); i > 0; i--) {
    const label = d.pick(LABELS);
    // Values carry the name of their conversation, so that a leak can be seen.
    const value = `‹${name}:${i}›${d.pick(["", " [EMAIL_1]", " x", "_1", "]", "$&", "$1"])}`;
    values.push([label, value, vault.placeholder(label, value)]);
  }
  return { vault, values };
}

/** What a model may have answered. */
function answerOf(d, vault, values) {
  const pieces = Array.from({ length: 1 + d.next(12) }, () => {
    const [label, , placeholder] = d.pick(values);
    if (d.chance(55)) return d.pick(WORDS);
    return mangle(d, label, placeholder.match(/(\d+)\]$/)[1]);
  });
  let answer = pieces.map((piece) => piece + d.pick([" ", " ", "", ", ", "."])).join("");
  if (d.chance(20)) answer = vault.disguise(answer, synthetic);
  if (d.chance(20)) answer = answer.slice(0, d.next(answer.length + 1));
  return answer;
}

/** Checks `count` streams; gives what happened. */
export function streams(count, seed) {
  const d = dice(seed);
  let [restored, cuts] = [0, 0];
  let other = { name: "none", vault: new Vault("none") };
  let [name, vault, values] = ["", undefined, []];
  for (let n = 0; n < count; n++) {
    // Twenty answers in a conversation.
    if (n % 20 === 0) {
      if (vault) other = { name, vault };
      name = `c${n}.`;
      ({ vault, values } = conversation(d, name));
    }
    const answer = answerOf(d, vault, values);
    const whole = vault.restore(answer);
    if (whole !== answer) restored++;
    const restorer = vault.restorer();
    let shown = "";
    for (let at = 0; at < answer.length; ) {
      const size = d.chance(40) ? 1 : 1 + d.next(1 + d.next(24));
      const piece = restorer.push(answer.slice(at, at + size));
      at += size;
      cuts++;
      shown += piece;
      // No half of a placeholder: what is shown stays right when the rest is known.
      assert.ok(whole.startsWith(shown), `stream ${n}: ${JSON.stringify({ answer, shown, whole })}`);
    }
    shown += restorer.end();
    assert.equal(shown, whole, `stream ${n}: ${JSON.stringify(answer)}`);
    // However the answer might have gone on: a cut anywhere, and every end of every placeholder.
    if (n % 20 === 0) {
      const cut = answer.slice(0, d.next(answer.length + 1));
      const shown = vault.restorer().push(cut);
      for (const [, , placeholder] of values) {
        for (let i = 0; i <= placeholder.length; i++) assert.ok(vault.restore(cut + placeholder.slice(i)).startsWith(shown), `stream ${n}: ${JSON.stringify({ cut, end: placeholder.slice(i), shown })}`);
      }
    }
    // Neither conversation knows a value of the other.
    assert.ok(!other.vault.restore(answer).includes(`‹${name}:`), `stream ${n}: a value leaked`);
    assert.ok(!vault.restore(answer).includes(`‹${other.name}:`), `stream ${n}: a value leaked`);
  }
  return { streams: count, restored, cuts };
}
