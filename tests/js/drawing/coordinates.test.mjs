import assert from "node:assert/strict";
import { test } from "node:test";
import { inkOf, inkTable } from "../../../static/js/lib/colormap.js";
import { boxIn, sideOf } from "../../../static/js/drawing/coordinates.js";

test("a box is found again where its picture is shown, also when that is no square", () => {
  assert.deepEqual(boxIn([70, 140, 28, 56], [280, 280], 100), [25, 50, 10, 20]);
  assert.deepEqual(boxIn([0, 0, 400, 200], [400, 200], 80), [0, 20, 80, 40]);
});

test("white is paper, black is ink, and colours count by their lightness", () => {
  const rgba = Uint8ClampedArray.of(255, 255, 255, 255, 0, 0, 0, 255, 255, 0, 0, 255);
  const table = inkTable("light");
  inkOf(rgba, table);
  assert.deepEqual([...new Uint32Array(rgba.buffer)], [table[0], table[255], table[255 - 76]]);
});

test("the scaled box has a frame of 20 cells, and a larger one where it was not scaled", () => {
  assert.equal(sideOf([8, 4, 12, 20]), 20);
  assert.equal(sideOf([0, 0, 28, 6]), 28);
});
