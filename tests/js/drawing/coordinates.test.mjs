import assert from "node:assert/strict";
import { test } from "node:test";
import { boxInSquare, frameSide, inputTransform, padToPixel, regionToPad } from "../../../static/js/drawing/coordinates.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("a box keeps its place when its image is fitted into a square", () => {
  assert.deepEqual(boxInSquare([70, 140, 28, 56], [280, 280], 100), [25, 50, 10, 20]);
  assert.deepEqual(boxInSquare([0, 0, 400, 200], [400, 200], 80), [0, 20, 80, 40]);
});

test("the frame is 20 pixels wide, wider around an unscaled box", () => {
  assert.equal(frameSide([8, 4, 12, 20]), 20);
  assert.equal(frameSide([0, 0, 28, 6]), 28);
});

test("a region of the input lies on the pad where it was drawn", () => {
  const input = { size: [280, 280], box: [70, 40, 100, 200], place: [9, 4, 10, 20] };
  const box = regionToPad({ rows: [4, 23], columns: [9, 18] }, input);
  Object.entries({ x: 70, y: 40, width: 100, height: 200 }).forEach(([name, side]) => near(box[name], side / 280));
  assert.deepEqual(padToPixel(0.25 + 1e-9, 40 / 280 + 1e-9, input), [4, 9]);
  assert.deepEqual(padToPixel(0.25 + 99 / 280, 239 / 280, input), [23, 18]);
  assert.equal(padToPixel(0.999, 0.5, { ...input, place: [18, 4, 10, 20] }), null, "outside the 28×28");
});

test("a wide photo is centred on the pad", () => {
  const input = { size: [400, 200], box: [0, 0, 400, 200], place: [4, 9, 20, 10] };
  assert.deepEqual(regionToPad({ rows: [9, 18], columns: [4, 23] }, input), { x: 0, y: 0.25, width: 1, height: 0.5 });
  assert.deepEqual(padToPixel(0.001, 0.251, input), [9, 4]);
});

test("the corners of the ink's box are transformed to its place in the input", () => {
  const { scale, shift } = inputTransform({ size: [280, 280], box: [70, 28, 100, 200], place: [9, 4, 10, 20] });
  const transform = (x, y) => [scale[0] * x + shift[0], scale[1] * y + shift[1]].map((value) => Math.round(1e6 * value) / 1e6);
  assert.deepEqual(transform(70 / 280, 28 / 280), [9, 4]);
  assert.deepEqual(transform(170 / 280, 228 / 280), [19, 24]);
});
