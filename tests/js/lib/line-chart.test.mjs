import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, niceTicks, pathOf, scaleOf } from "../../../static/js/lib/line-chart.js";

test("ticks are round numbers within the range", () => {
  assert.deepEqual(niceTicks(0, 100), [0, 50, 100]);
  assert.deepEqual(niceTicks(0, 2.4), [0, 1, 2]);
  assert.deepEqual(niceTicks(0, 0.31), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(niceTicks(3, 3), [3]);
});

test("a scale leads from end to end", () => {
  const even = scaleOf({ low: 0, high: 10 }, 40, 240);
  assert.deepEqual([0, 5, 10].map(even), [40, 140, 240]);
  assert.equal(scaleOf({ low: 4, high: 4 }, 7, 9)(4), 7);
});

test("what is no number leaves a gap in a line", () => {
  assert.equal(pathOf([[0, 1], [1, 2], [2, null], [3, 4], [4, NaN], [5, 6]].map(([x, y]) => [x, y ?? NaN])),
    "M0.0 1.0L1.0 2.0M3.0 4.0h0M5.0 6.0h0");
});

test("labels are moved apart in their order and stay above the bottom", () => {
  assert.deepEqual(apart([50, 52, 10], 14, 200), [50, 64, 10]);
  assert.deepEqual(apart([198, 199], 14, 200), [186, 200]);
});
