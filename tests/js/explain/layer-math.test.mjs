import assert from "node:assert/strict";
import { test } from "node:test";
import {
  batchNormalize, indexOfMax, mapContributions, patchAt, productParts, rankByStrength, softmaxSteps, sumOfParts, unflattenIndex,
} from "../../../static/js/explain/layer-math.js";

const floats = (shape, values) => ({ shape, values: Float32Array.from(values) });
const count = (n) => Array.from({ length: n }, (_, i) => i + 1);
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

const EXPLANATION = {
  kind: "conv", window: { side: 3, stride: 1, padding: 1 }, bias: 0.5,
  input: floats([2, 3, 3], [...count(9), ...count(9).map((n) => -n)]),
  weights: floats([2, 3, 3], [...Array(9).fill(1), 0, 0, 0, 0, 2, 0, 0, 0, 0]),
  output: floats([3, 3], Array(9).fill(0)),
};

test("a window over the edge contains zeros there", () => {
  const patch = patchAt(count(9), [3, 3], { side: 3, stride: 1, padding: 1 }, [0, 0]);
  assert.deepEqual(patch.values, [0, 0, 0, 0, 1, 2, 0, 4, 5]);
  assert.deepEqual(patch.inside.filter(Boolean).length, 4);
  assert.deepEqual([patch.top, patch.left], [-1, -1]);
  assert.deepEqual(patchAt(count(16), [4, 4], { side: 2, stride: 2, padding: 0 }, [1, 0]).values, [9, 10, 13, 14]);
});

test("products add up to subtotals, and subtotals to the sum", () => {
  const parts = productParts(EXPLANATION, [1, 1]);
  assert.deepEqual(parts.map(({ subtotal }) => subtotal), [45, -10]);
  assert.equal(sumOfParts(parts), 35);
  assert.deepEqual(parts[1].products.filter(Boolean), [-10]);
});

test("the contributions of the input maps are the subtotals of every cell", () => {
  const maps = mapContributions(EXPLANATION);
  for (const cell of [[0, 0], [0, 2], [1, 1], [2, 1]]) {
    const i = cell[0] * 3 + cell[1];
    assert.deepEqual(maps.map(({ values }) => values[i]), productParts(EXPLANATION, cell).map(({ subtotal }) => subtotal));
  }
  assert.deepEqual(rankByStrength(maps, ({ strength }) => strength), [0, 1]);
});

test("the inputs of a linear unit are grouped by the map that they came from", () => {
  const explanation = { kind: "linear", input: floats([8], count(8)), weights: floats([8], [1, 1, 1, 1, -1, -1, -1, -1]) };
  assert.deepEqual(productParts(explanation, null, [2, 2, 2]).map(({ subtotal }) => subtotal), [10, -26]);
  assert.deepEqual(productParts(explanation, null).map(({ subtotal }) => subtotal), [1, 2, 3, 4, -5, -6, -7, -8]);
});

test("batch normalization divides by the standard deviation, then scales and shifts", () => {
  near(batchNormalize(5, { mean: 3, variance: 3.75, epsilon: 0.25, weight: 2, bias: -1 }), 1);
});

test("max pooling ignores the padding", () => {
  assert.equal(indexOfMax({ values: [0, -3, -1, -2], inside: [false, true, true, true] }), 2);
});

test("softmax divides by the temperature, exponentiates and normalizes", () => {
  const { divided, total, shares } = softmaxSteps([1, 2, 3], 2);
  assert.deepEqual(divided, [0.5, 1, 1.5]);
  near(total, Math.exp(0.5) + Math.exp(1) + Math.exp(1.5));
  near(shares.reduce((a, b) => a + b), 1);
});

test("a flattened index belongs to a map and a cell", () => {
  assert.deepEqual(unflattenIndex(36 + 2 * 6 + 3, [4, 6, 6]), { map: 1, cell: [2, 3] });
});
