import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSnapshots, mostLikely, settledFrom, snapshotAt, tickIndices } from "../../../../static/js/panels/timeline/snapshots.js";

const predicting = (...digits) => digits.map((digit) => Array.from({ length: 10 }, (_, i) => (i === digit ? 0.6 : 0.04)));

test("bytes become the numbers of each snapshot; 128 is zero", () => {
  const data = btoa(String.fromCharCode(128, 255, 1, 128));
  const all = decodeSnapshots({ shape: [2, 1, 1, 2], limit: 0.5, data });
  assert.deepEqual([...all.values], [0, 0.5, -0.5, 0]);
  const { values, shape } = snapshotAt(all, 1);
  assert.deepEqual([[...values], shape], [[-0.5, 0], [1, 1, 2]]);
  assert.throws(() => decodeSnapshots({ shape: [2, 1, 1, 3], limit: 1, data }), RangeError);
});

test("a prediction is settled from the snapshot on after which it does not change", () => {
  assert.equal(mostLikely(predicting(7)[0]), 7);
  assert.equal(settledFrom(predicting(0, 0, 7, 7)), 2);
  assert.equal(settledFrom(predicting(7, 1, 7)), 2);
  assert.equal(settledFrom(predicting(7, 7)), 0);
});

test("the first snapshot, the first of each power of ten, and the last get a tick", () => {
  const snapshots = [0, 50, 100, 150, 1024, 1250, 10000, 55000].map((digits) => ({ digits }));
  assert.deepEqual(tickIndices(snapshots), [0, 2, 4, 6, 7]);
});
