// The browsers' real policy files. Whoever runs these tests may write to /etc; what stood there comes
// back at the end. Debian's Firefox reads the second path as well as its own folder.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const FILES = {
  chromium: ["/etc/chromium/policies/managed/riegel-test.json"],
  firefox: ["/etc/firefox/policies/policies.json"],
};
const ID = { chromium: "nkkemknpcmjibehkbfpgcgccdfkcdijd", firefox: "riegel@riegel.example" };
const before = new Map();

/** Sets what an administrator would; nothing takes it away. */
export function administer(browser, settings, more = {}) {
  const chromium = browser === "chromium";
  const third = { [ID[browser]]: settings };
  const file = chromium ? { "3rdparty": { extensions: third }, ...more } : { policies: { "3rdparty": { Extensions: third }, ...more } };
  for (const path of FILES[browser]) {
    // The first file is ours alone: what lies there was left by a run that was killed.
    if (!before.has(path)) before.set(path, !chromium && existsSync(path) ? readFileSync(path) : undefined);
    try {
      mkdirSync(dirname(path), { recursive: true });
    } catch (error) {
      throw new Error(`these tests write the browsers' policy files (${path}): run them where you may, such as in a container`, { cause: error });
    }
    writeFileSync(path, JSON.stringify(settings ? file : chromium ? {} : { policies: {} }));
  }
}

function restore() {
  for (const [path, bytes] of before) {
    if (bytes === undefined) rmSync(path, { force: true });
    else writeFileSync(path, bytes);
  }
  before.clear();
}
process.on("exit", restore);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
