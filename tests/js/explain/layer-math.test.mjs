import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeExplanation, exact, short } from "../../../static/js/explain/explanation.js";
import { contributions, largest, normalised, partsOf, patchOf, ranked, shares, sum, unflattened } from "../../../static/js/explain/layer-math.js";

const floats = (shape, values) => ({ shape, values: Float32Array.from(values) });
const count = (n) => Array.from({ length: n }, (_, i) => i + 1);
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

const TOLD = {
  kind: "conv", window: { side: 3, stride: 1, padding: 1 }, bias: 0.5,
  input: floats([2, 3, 3], [...count(9), ...count(9).map((n) => -n)]),
  weights: floats([2, 3, 3], [...Array(9).fill(1), 0, 0, 0, 0, 2, 0, 0, 0, 0]),
  output: floats([3, 3], Array(9).fill(0)),
};

test("a window over the edge sees zeros there", () => {
  const patch = patchOf(count(9), [3, 3], { side: 3, stride: 1, padding: 1 }, [0, 0]);
  assert.deepEqual(patch.values, [0, 0, 0, 0, 1, 2, 0, 4, 5]);
  assert.deepEqual(patch.inside.filter(Boolean).length, 4);
  assert.deepEqual([patch.top, patch.left], [-1, -1]);
  assert.deepEqual(patchOf(count(16), [4, 4], { side: 2, stride: 2, padding: 0 }, [1, 0]).values, [9, 10, 13, 14]);
});

test("products add up to subtotals, subtotals to the sum", () => {
  const parts = partsOf(TOLD, [1, 1]);
  assert.deepEqual(parts.map(({ subtotal }) => subtotal), [45, -10]);
  assert.equal(sum(parts), 35);
  assert.deepEqual(parts[1].products.filter(Boolean), [-10]);
});

test("the contributions of all maps hold the same sums", () => {
  const maps = contributions(TOLD);
  for (const cell of [[0, 0], [0, 2], [1, 1], [2, 1]]) {
    const i = cell[0] * 3 + cell[1];
    assert.deepEqual(maps.map(({ values }) => values[i]), partsOf(TOLD, cell).map(({ subtotal }) => subtotal));
  }
  assert.deepEqual(ranked(maps, ({ strength }) => strength), [0, 1]);
});

test("the inputs of a linear unit are grouped by the map they came from", () => {
  const told = { kind: "linear", input: floats([8], count(8)), weights: floats([8], [1, 1, 1, 1, -1, -1, -1, -1]) };
  assert.deepEqual(partsOf(told, null, [2, 2, 2]).map(({ subtotal }) => subtotal), [10, -26]);
  assert.deepEqual(partsOf(told, null).map(({ subtotal }) => subtotal), [1, 2, 3, 4, -5, -6, -7, -8]);
});

test("batchnorm, pooling, softmax, flatten", () => {
  near(normalised(5, { mean: 3, variance: 3.75, epsilon: 0.25, weight: 2, bias: -1 }), 1);
  assert.equal(largest({ values: [0, -3, -1, -2], inside: [false, true, true, true] }), 2);
  const { divided, total, shares: ten } = shares([1, 2, 3], 2);
  assert.deepEqual(divided, [0.5, 1, 1.5]);
  near(total, Math.exp(0.5) + Math.exp(1) + Math.exp(1.5));
  near(ten.reduce((a, b) => a + b), 1);
  assert.deepEqual(unflattened(36 + 2 * 6 + 3, [4, 6, 6]), { map: 1, cell: [2, 3] });
});

test("numbers are short for the eye, or have all digits that a float32 has", () => {
  assert.equal(short(-0.12345), "−0.123");
  assert.equal(short(-0.0001), "0.000");
  assert.equal(short(123.456), "123.5");
  assert.equal(exact(Math.fround(0.1)), "0.1");
  assert.equal(exact(-2), "−2");
  for (const value of [0.3, 1 / 3, -12.345678, 1e-7, 123456.79].map(Math.fround)) {
    assert.equal(Math.fround(Number(exact(value).replace("−", "-"))), value);
  }
});

test("what the server sends becomes numbers", () => {
  const data = Buffer.from(new Uint8Array(Float32Array.of(1.5, -2).buffer)).toString("base64");
  const body = { input: { layer: "conv1", first: 3, shape: [2], data }, weights: null, output: { shape: [2], data }, after: [] };
  const told = decodeExplanation(body);
  assert.deepEqual([...told.input.values], [1.5, -2]);
  assert.equal(told.input.first, 3);
  assert.equal(told.weights, null);
});
