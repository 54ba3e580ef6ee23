// 100,000 streams: node --test test/long (half a minute or so)
import assert from "node:assert/strict";
import { test } from "node:test";
import { streams } from "../streams.mjs";

test("100,000 streams cut at random places", () => {
  const counted = streams(100_000, Number(process.env.SEED ?? 20261122));
  console.log(`streams: ${counted.streams}, with something to restore: ${counted.restored}, pieces: ${counted.cuts}`);
  assert.ok(counted.restored > 50_000);
});
