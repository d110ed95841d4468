import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeMoments, momentOf, named, settledAt, winnerOf } from "../../../../static/js/panels/timeline/snapshots.js";

const reads = (...digits) => digits.map((digit) => Array.from({ length: 10 }, (_, i) => (i === digit ? 0.6 : 0.04)));

test("bytes become the numbers of each moment, zero in the middle", () => {
  const data = btoa(String.fromCharCode(128, 255, 1, 128));
  const all = decodeMoments({ shape: [2, 1, 1, 2], limit: 0.5, data });
  assert.deepEqual([...all.values], [0, 0.5, -0.5, 0]);
  const { values, shape } = momentOf(all, 1);
  assert.deepEqual([[...values], shape], [[-0.5, 0], [1, 1, 2]]);
  assert.throws(() => decodeMoments({ shape: [2, 1, 1, 3], limit: 1, data }), RangeError);
});

test("an answer is settled from the moment on after which it changes no more", () => {
  assert.equal(winnerOf(reads(7)[0]), 7);
  assert.equal(settledAt(reads(0, 0, 7, 7)), 2);
  assert.equal(settledAt(reads(7, 1, 7)), 2);
  assert.equal(settledAt(reads(7, 7)), 0);
});

test("the first moment, the first from each power of ten on, and the last are named", () => {
  const moments = [0, 50, 100, 150, 1024, 1250, 10000, 55000].map((digits) => ({ digits }));
  assert.deepEqual(named(moments), [0, 2, 4, 6, 7]);
});
