// Texts of other kinds than prose: node texts.mjs FOLDER
// Writes `logs.txt` (lines of servers, tables of orders and measurements, JSON) and `dense.txt` (the
// examples of the library, one after the other), about 1 MB each, the same every time. Invented.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chance, examples } from "./measure.mjs";

const LENGTH = 1_000_000;
const [folder] = process.argv.slice(2);
const random = chance(1);
const pick = (list) => list[random(list.length)];
const two = (n) => String(n).padStart(2, "0");
const digits = (n) => Array.from({ length: n }, () => random(10)).join("");
const hex = (n) => Array.from({ length: n }, () => random(16).toString(16)).join("");
const day = () => `2026-${two(1 + random(12))}-${two(1 + random(28))}`;
const time = () => `${two(random(24))}:${two(random(60))}:${two(random(60))}`;
const host = () => `10.${random(256)}.${random(256)}.${random(256)}`;
const path = () => `/${pick(["api", "static", "orders", "lager"])}/${pick(["v1", "v2", "img", "liste"])}/${digits(5)}`;

const kinds = [
  () =>
    `${host()} - - [${day()}T${time()}Z] "${pick(["GET", "POST", "PUT"])} ${path()} HTTP/1.1" ${pick([200, 204, 304, 404, 500])} ${digits(4)} "-" "curl/8.5.0" ${random(900) / 1000}`,
  () =>
    `${day()}T${time()}.${digits(3)}Z ${pick(["INFO", "WARN", "DEBUG"])} [worker-${random(64)}] ${pick(["queue drained", "retry scheduled", "cache miss", "Zeitlimit erreicht", "Verbindung getrennt"])} id=${hex(16)} took=${random(5000)}ms`,
  () => `{"ts":"${day()}T${time()}Z","level":"info","span":"${hex(16)}","msg":"${pick(["done", "started", "skipped"])}","n":${digits(3)},"ok":${pick([true, false])}}`,
  () => `${digits(6)};${day()};${pick(["Schraube M8", "Dichtung 40 mm", "Kabel NYM-J 3x1,5", "hinge, steel"])};${random(500)};${digits(2)},${digits(2)};${pick(["Lager A", "Lager B", "rack 7"])}`,
  () => `| ${day()} | ${random(40)}.${random(10)} °C | ${random(100)} % | ${pick(["ok", "zu warm", "offline"])} |`,
  () => `    at ${pick(["decode", "flush", "run"])} (/srv/app/lib/${pick(["io", "queue", "http"])}.js:${random(900)}:${random(80)})`,
];

/** About twenty lines of a kind in a row, as they stand in files. */
function* blocks() {
  for (;;) {
    const kind = pick(kinds);
    for (let left = 10 + random(20); left > 0; left--) yield kind();
    yield "";
  }
}

function* found() {
  const all = [...examples()].filter(([, , clause]) => clause === "examples");
  for (;;) for (const [, text] of all) yield text;
}

/** So many bytes of lines. */
function text(lines) {
  let out = "";
  for (const line of lines) {
    if (out.length >= LENGTH) return out;
    out += `${line}\n`;
  }
}

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "logs.txt"), text(blocks()));
writeFileSync(join(folder, "dense.txt"), text(found()));
