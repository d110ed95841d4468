import assert from "node:assert/strict";
import { test } from "node:test";
import { amountText, byKind, summary } from "../../../../static/js/panels/compare/robustness.js";

const film = (kind, amounts, ...digits) =>
  amounts.map((amount, i) => ({ kind, amount, readings: digits.map((each) => ({ digit: each[i] })) }));

const ANSWER = {
  readings: [{ digit: 7 }, { digit: 1 }],
  variations: [
    ...film("right", [1, 2, 3], [7, 7, 7], [1, 7, 1]),
    ...film("left", [1, 2, 3], [7, 1, 7], [1, 1, 1]),
    ...film("turned-right", [10, 20], [7, 7], [7, 1]),
    ...film("turned-left", [10, 20], [7, 7], [1, 1]),
  ],
};

test("variations are gathered kind by kind, in their order", () => {
  const kinds = byKind(ANSWER.variations);
  assert.deepEqual([...kinds.keys()], ["right", "left", "turned-right", "turned-left"]);
  assert.deepEqual(kinds.get("left").map(({ amount }) => amount), [1, 2, 3]);
});

test("a network holds as far as in the direction that it takes worst, measured by its own first reading", () => {
  const [seven, one] = [0, 1].map((i) => summary(ANSWER, i));
  assert.deepEqual([seven.digit, seven.kept, seven.many], [7, 9, 10]);
  assert.deepEqual(seven.limits, { moved: { amount: 1, whole: false }, turned: { amount: 20, whole: true } });
  assert.deepEqual([one.digit, one.kept], [1, 8]);
  assert.deepEqual(one.limits, { moved: { amount: 1, whole: false }, turned: { amount: null, whole: false } });
});

test("amounts are written as short as they are exact", () => {
  assert.deepEqual([1, 40, 0.5, 0.75, 2 / 3, 10 / 3].map(amountText), ["1", "40", "0.5", "0.75", "0.7", "3.3"]);
});
