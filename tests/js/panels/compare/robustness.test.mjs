import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAmount, groupByKind, robustness } from "../../../../static/js/panels/compare/robustness.js";

const series = (kind, amounts, ...digits) =>
  amounts.map((amount, i) => ({ kind, amount, readings: digits.map((each) => ({ digit: each[i] })) }));

const ANSWER = {
  readings: [{ digit: 7 }, { digit: 1 }],
  variations: [
    ...series("right", [1, 2, 3], [7, 7, 7], [1, 7, 1]),
    ...series("left", [1, 2, 3], [7, 1, 7], [1, 1, 1]),
    ...series("turned-right", [10, 20], [7, 7], [7, 1]),
    ...series("turned-left", [10, 20], [7, 7], [1, 1]),
  ],
};

test("perturbations are grouped by kind and keep their order", () => {
  const kinds = groupByKind(ANSWER.variations);
  assert.deepEqual([...kinds.keys()], ["right", "left", "turned-right", "turned-left"]);
  assert.deepEqual(kinds.get("left").map(({ amount }) => amount), [1, 2, 3]);
});

test("the limit of a group is that of its weakest kind, measured by the network's own prediction", () => {
  const [seven, one] = [0, 1].map((i) => robustness(ANSWER, i));
  assert.deepEqual([seven.digit, seven.kept, seven.total], [7, 9, 10]);
  assert.deepEqual(seven.limits, { moved: { amount: 1, keptAll: false }, turned: { amount: 20, keptAll: true } });
  assert.deepEqual([one.digit, one.kept], [1, 8]);
  assert.deepEqual(one.limits, { moved: { amount: 1, keptAll: false }, turned: { amount: null, keptAll: false } });
});

test("amounts have two decimals for quarters, else one", () => {
  assert.deepEqual([1, 40, 0.5, 0.75, 2 / 3, 10 / 3].map(formatAmount), ["1", "40", "0.5", "0.75", "0.7", "3.3"]);
});
