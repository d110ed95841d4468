import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, cellGrid, fitGrid, indexAt, originOf, stripGrid, tenGrid } from "../../../static/js/lib/grid-layout.js";

const MAPS = [[4, 26], [8, 24], [16, 10], [24, 26], [32, 28], [36, 11], [64, 14], [128, 7], [128, 3]];

test("maps fill their box almost completely", () => {
  for (const [count, side] of [...MAPS, [512, 1], [1152, 1], [784, 1]]) {
    for (const [across, down, ratio] of [[31, 288, 1], [70, 288, 1], [62, 576, 2], [870, 464, 1], [1800, 900, 2]]) {
      const grid = fitGrid(count, side, side, { across, down }, ratio);
      const at = `${count} in ${across} × ${down}`;
      assert.ok(grid.width <= across && grid.height <= down, at);
      assert.ok(grid.columns * grid.rows >= count && grid.tileWidth >= 1, at);
      assert.ok(Number.isInteger(grid.tileWidth) && Number.isInteger(grid.gap), at);
      const filled = Math.max(grid.width / across, grid.height / down);
      assert.ok(filled > 0.75, `${at}: ${filled}`);
    }
  }
});

test("maps are at most as large as allowed", () => {
  assert.equal(fitGrid(4, 26, 26, { across: 870, down: 464, most: 120 }, 1).tileWidth, 120);
});

test("ten numbers stand in a column and fill its height", () => {
  const grid = tenGrid(17, 288, 1);
  assert.deepEqual([grid.columns, grid.rows, grid.tileWidth], [1, 10, 17]);
  assert.ok(grid.height <= 288 && grid.height > 260);
});

test("lists of numbers fit the width, and every cell is visible", () => {
  for (const count of [10, 20, 128, 256, 512, 784, 900, 1152, 1568, 3136]) {
    for (const available of [150, 205, 358, 700]) {
      const grid = cellGrid(count, available, 104, 1);
      assert.ok(grid.width <= available && grid.tileWidth >= 1, `${count} in ${available}`);
      assert.ok(grid.columns * grid.rows >= count);
    }
  }
});

test("ten logits lie in one row", () => assert.equal(cellGrid(10, 400, 104, 1).rows, 1));

test("a strip has at most four rows of maps large enough for a thumb", () => {
  for (const [count, side] of MAPS) {
    const grid = stripGrid(count, side, side, 2);
    assert.ok(grid.rows <= 4 && grid.tileWidth >= 2 * 36);
    assert.ok(grid.columns * grid.rows >= count);
  }
});

test("the map under a point is the one drawn there", () => {
  const grid = fitGrid(32, 28, 28, { across: 300, down: 200 }, 1);
  for (let i = 0; i < 32; i += 1) {
    const [x, y] = originOf(grid, i);
    assert.equal(indexAt(grid, x + 1, y + 1), i);
  }
  assert.equal(indexAt(grid, -1, 5), -1);
  assert.equal(indexAt(grid, 5, grid.height + 1), -1);
});

test("a point in the gap belongs to the cell beside it", () => {
  const grid = fitGrid(4, 7, 7, { across: 150, down: 150, most: 70 }, 1);
  const [x, y] = originOf(grid, 3);
  assert.deepEqual(cellAt(grid, { height: 7, width: 7 }, x + 15, y + 69), { map: 3, cell: [6, 1] });
  assert.deepEqual(cellAt(grid, { height: 7, width: 7 }, x - 1, y + 1).cell, [0, 6]);
  assert.equal(cellAt(grid, { height: 7, width: 7 }, -1, 0), null);
});
