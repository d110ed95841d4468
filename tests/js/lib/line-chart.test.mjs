import assert from "node:assert/strict";
import { test } from "node:test";
import { spreadLabels, roundTicks, svgPath, linearScale } from "../../../static/js/lib/line-chart.js";

test("ticks are round numbers within the range", () => {
  assert.deepEqual(roundTicks(0, 100), [0, 50, 100]);
  assert.deepEqual(roundTicks(0, 2.4), [0, 1, 2]);
  assert.deepEqual(roundTicks(0, 0.31), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(roundTicks(3, 3), [3]);
});

test("a scale maps end to end", () => {
  const even = linearScale({ low: 0, high: 10 }, 40, 240);
  assert.deepEqual([0, 5, 10].map(even), [40, 140, 240]);
  assert.equal(linearScale({ low: 4, high: 4 }, 7, 9)(4), 7);
});

test("a value that is not finite leaves a gap in a line", () => {
  assert.equal(svgPath([[0, 1], [1, 2], [2, null], [3, 4], [4, NaN], [5, 6]].map(([x, y]) => [x, y ?? NaN])),
    "M0.0 1.0L1.0 2.0M3.0 4.0h0M5.0 6.0h0");
});

test("labels are moved apart in order and stay above the bottom", () => {
  assert.deepEqual(spreadLabels([50, 52, 10], 14, 200), [50, 64, 10]);
  assert.deepEqual(spreadLabels([198, 199], 14, 200), [186, 200]);
});
