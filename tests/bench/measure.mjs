// What the measuring scripts share.

import { readFileSync } from "node:fs";

/** A benign corpus in documents of about 100,000 bytes, cut between lines. */
export function documents(name) {
  const file = new URL(`../corpus/benign/benign_${name}.txt`, import.meta.url);
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
