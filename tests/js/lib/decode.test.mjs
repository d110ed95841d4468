import assert from "node:assert/strict";
import { test } from "node:test";
import { colorBytes, decodeBytes, decodeLayer, mapRange, mapShape, valueAt } from "../../../static/js/lib/decode.js";

const base64 = (...bytes) => Buffer.from(bytes).toString("base64");

test("base64 is decoded to bytes, all 256 values", () => {
  const all = Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual([...decodeBytes(base64(...all))], all);
});

test("maps keep their shape; a list of numbers becomes maps of 1 × 1", () => {
  assert.deepEqual(mapShape([32, 28, 28]), { count: 32, height: 28, width: 28 });
  assert.deepEqual(mapShape([1152]), { count: 1152, height: 1, width: 1 });
});

test("bytes become values between low and high, per map", () => {
  const layer = decodeLayer({ name: "conv1", shape: [2, 1, 2], low: -1, high: 4, data: base64(0, 255, 51, 102) });
  assert.equal(valueAt(layer, 0), -1);
  assert.equal(valueAt(layer, 1), 4);
  assert.deepEqual(mapRange(layer, 0), { low: -1, high: 4 });
  assert.deepEqual(mapRange(layer, 1), { low: 0, high: 1 });
});

test("a layer that does not fill its shape throws", () => {
  assert.throws(() => decodeLayer({ name: "conv1", shape: [2, 2, 2], low: 0, high: 1, data: base64(1, 2, 3) }), /conv1/);
});

test("one call colours the whole layer", () => {
  const pixels = new Uint32Array(3);
  colorBytes(new Uint8Array([2, 0, 2]), Uint32Array.from({ length: 256 }, (_, i) => i * 10), pixels);
  assert.deepEqual([...pixels], [20, 0, 20]);
});
