// What the measuring scripts share.

import { readFileSync, readdirSync } from "node:fs";

const library = new URL("../../policies/lib/", import.meta.url);

/** Numbers below a limit, the same every time. */
export function chance(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The strings in each detector's block: its name, the string, `examples` or `counterexamples`. */
export function* examples() {
  for (const file of readdirSync(library).filter((name) => name.endsWith(".riegel")).sort()) {
    let name;
    let clause;
    for (const line of readFileSync(new URL(file, library), "utf8").split("\n")) {
      name = /^detector ([\w.]+)/.exec(line)?.[1] ?? name;
      clause = /^ {0,2}(\w+)/.exec(line)?.[1] ?? clause;
      if (!["examples", "counterexamples"].includes(clause)) continue;
      for (const [string] of line.matchAll(/"(?:[^"\\]|\\.)*"/g)) {
        try {
          yield [name, JSON.parse(string), clause];
        } catch {
          // An escape that JSON does not have.
        }
      }
    }
  }
}

/** Where the corpus of a name lies: prose in the repository, the others where `texts.mjs` has put them. */
function fileOf(name, folder) {
  return ["de", "en"].includes(name) ? new URL(`../corpus/benign/benign_${name}.txt`, import.meta.url) : `${folder}/${name}.txt`;
}

/** A corpus in documents of about 100,000 bytes, cut between lines. */
export function documents(name, folder) {
  const file = fileOf(name, folder);
  const docs = [""];
  let size = 0;
  for (const line of readFileSync(file, "utf8").split(/(?<=\n)/)) {
    if (size >= 100_000) [size] = [0, docs.push("")];
    docs[docs.length - 1] += line;
    size += Buffer.byteLength(line);
  }
  return docs;
}

/** Pieces of about one kilobyte, cut at blanks. */
export function kilobytes(docs) {
  const pieces = [];
  for (const text of docs) {
    for (let at = 0; at < text.length; ) {
      let end = Math.min(at + 1000, text.length);
      while (end < text.length && text[end] !== " ") end++;
      pieces.push(text.slice(at, end));
      at = end;
    }
  }
  return pieces;
}

/** Runs a pass for about a second and keeps its fastest time; every pass must give the same value. */
export function best(pass) {
  const value = pass();
  let seconds = Infinity;
  for (let total = 0, runs = 0; total < 1 || runs < 3; runs++) {
    const start = process.hrtime.bigint();
    if (pass() !== value) throw new Error("two passes counted differently");
    const took = Number(process.hrtime.bigint() - start) / 1e9;
    total += took;
    seconds = Math.min(seconds, took);
  }
  return { value, seconds };
}
