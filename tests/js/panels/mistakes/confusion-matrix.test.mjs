import assert from "node:assert/strict";
import { test } from "node:test";
import { cellShades, mostConfused, nextCell } from "../../../../static/js/panels/mistakes/confusion-matrix.js";

const noCounts = () => Array.from({ length: 10 }, () => Array(10).fill(0));

test("the most confused cell is off the diagonal; without mistakes it is null", () => {
  const counts = noCounts();
  counts[3][3] = 900;
  assert.equal(mostConfused(counts), null);
  counts[4][9] = 2;
  counts[7][2] = 5;
  assert.deepEqual(mostConfused(counts), { actual: 7, read: 2 });
});

test("mistakes are shaded by the square root of their count, the diagonal is not", () => {
  const counts = noCounts();
  [counts[0][0], counts[4][9], counts[7][2]] = [980, 1, 4];
  const shade = cellShades(counts);
  assert.deepEqual([shade[0][0], shade[4][9], shade[7][2], shade[1][2]], [0, 0.5, 1, 0]);
  assert.equal(cellShades(noCounts())[1][2], 0);
});

test("arrow keys go from cell to cell and stay in the table", () => {
  const at = { actual: 4, read: 9 };
  assert.deepEqual(nextCell("ArrowUp", at), { actual: 3, read: 9 });
  assert.deepEqual(nextCell("ArrowRight", at), at);
  assert.deepEqual(nextCell("ArrowLeft", at), { actual: 4, read: 8 });
  assert.deepEqual(nextCell("Home", at), { actual: 4, read: 0 });
  assert.deepEqual(nextCell("End", { actual: 9, read: 1 }), { actual: 9, read: 9 });
  assert.deepEqual(nextCell("ArrowDown", { actual: 9, read: 1 }), { actual: 9, read: 1 });
  assert.equal(nextCell("Enter", at), null);
});
