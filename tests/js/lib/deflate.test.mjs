import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { deflate } from "../../../static/js/lib/deflate.js";

const same = (bytes) => assert.deepEqual(new Uint8Array(inflateSync(deflate(bytes))), bytes);

test("zlib restores runs of every length", () => {
  for (let length = 0; length < 600; length += 1) same(Uint8Array.from({ length }, (_, i) => (i < length - 1 ? 0 : 200)));
});

test("zlib restores every byte value, without runs and with only runs", () => {
  same(Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7919 + (i >> 8)) % 256));
  same(Uint8Array.from({ length: 70_000 }, (_, i) => ((i >> 4) * 31) % 256));
});

test("blank paper takes less than 1 kB", () => {
  assert.ok(deflate(new Uint8Array(78_680)).length < 1_000);
});
