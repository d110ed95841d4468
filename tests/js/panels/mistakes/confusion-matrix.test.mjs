import assert from "node:assert/strict";
import { test } from "node:test";
import { moved, shades, worstCell } from "../../../../static/js/panels/mistakes/confusion-matrix.js";
import { ranked } from "../../../../static/js/panels/neighbours.js";
import { step } from "../../../../static/js/panels/digit-tiles.js";

const nothing = () => Array.from({ length: 10 }, () => Array(10).fill(0));

test("the worst cell is off the diagonal; without mistakes there is none", () => {
  const counts = nothing();
  counts[3][3] = 900;
  assert.equal(worstCell(counts), null);
  counts[4][9] = 2;
  counts[7][2] = 5;
  assert.deepEqual(worstCell(counts), { actual: 7, read: 2 });
});

test("mistakes are shaded by the root of their number, what is right is not", () => {
  const counts = nothing();
  [counts[0][0], counts[4][9], counts[7][2]] = [980, 1, 4];
  const shade = shades(counts);
  assert.deepEqual([shade[0][0], shade[4][9], shade[7][2], shade[1][2]], [0, 0.5, 1, 0]);
  assert.equal(shades(nothing())[1][2], 0);
});

test("arrow keys go from cell to cell and stay on the table", () => {
  const at = { actual: 4, read: 9 };
  assert.deepEqual(moved("ArrowUp", at), { actual: 3, read: 9 });
  assert.deepEqual(moved("ArrowRight", at), at);
  assert.deepEqual(moved("ArrowLeft", at), { actual: 4, read: 8 });
  assert.deepEqual(moved("Home", at), { actual: 4, read: 0 });
  assert.deepEqual(moved("End", { actual: 9, read: 1 }), { actual: 9, read: 9 });
  assert.deepEqual(moved("ArrowDown", { actual: 9, read: 1 }), { actual: 9, read: 1 });
  assert.equal(moved("Enter", at), null);
});

test("arrow keys go from tile to tile, up and down by rows", () => {
  assert.equal(step("ArrowRight", 3, 7, 5), 4);
  assert.equal(step("ArrowDown", 1, 7, 5), 6);
  assert.equal(step("ArrowDown", 3, 7, 5), 3);
  assert.equal(step("ArrowUp", 6, 7, 5), 1);
  assert.equal(step("ArrowLeft", 0, 7, 5), 0);
  assert.equal(step("End", 0, 7, 5), 6);
  assert.equal(step("a", 0, 7, 5), null);
});

test("votes are told by their number, and digits without any are not", () => {
  assert.deepEqual(ranked([0, 3, 0, 0, 0, 0, 0, 16, 0, 1]), [[7, 16], [1, 3], [9, 1]]);
});
