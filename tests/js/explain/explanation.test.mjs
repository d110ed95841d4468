import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeExplanation, formatExact, formatShort } from "../../../static/js/explain/explanation.js";

test("numbers have at most three decimals, or as many digits as identify a float32", () => {
  assert.equal(formatShort(-0.12345), "−0.123");
  assert.equal(formatShort(-0.0001), "0.000");
  assert.equal(formatShort(123.456), "123.5");
  assert.equal(formatExact(Math.fround(0.1)), "0.1");
  assert.equal(formatExact(-2), "−2");
  for (const value of [0.3, 1 / 3, -12.345678, 1e-7, 123456.79].map(Math.fround)) {
    assert.equal(Math.fround(Number(formatExact(value).replace("−", "-"))), value);
  }
});

test("base64 of /api/explain becomes arrays of numbers", () => {
  const data = Buffer.from(new Uint8Array(Float32Array.of(1.5, -2).buffer)).toString("base64");
  const body = { input: { layer: "conv1", first: 3, shape: [2], data }, weights: null, output: { shape: [2], data }, after: [] };
  const explanation = decodeExplanation(body);
  assert.deepEqual([...explanation.input.values], [1.5, -2]);
  assert.equal(explanation.input.first, 3);
  assert.equal(explanation.weights, null);
});
