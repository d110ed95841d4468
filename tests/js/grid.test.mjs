import assert from "node:assert/strict";
import { test } from "node:test";
import { cellGrid, indexAt, mapGrid, originOf, stripGrid } from "../../static/js/grid.js";

const MAPS = [[4, 26], [8, 24], [16, 10], [24, 26], [32, 28], [36, 11], [64, 14], [128, 7], [128, 3]];

test("maps fill whole rows and stay inside the width", () => {
  for (const [count, side] of MAPS) {
    for (const [available, ratio] of [[150, 1], [200, 1], [600, 2], [1100, 3]]) {
      const grid = mapGrid(count, side, side, available, ratio);
      assert.ok(grid.width <= available, `${count} in ${available}`);
      assert.equal(grid.columns * grid.rows, count);
      assert.ok(Number.isInteger(grid.tileWidth) && Number.isInteger(grid.gap));
    }
  }
});

test("lists of numbers fit the width too, and no cell disappears", () => {
  for (const count of [10, 20, 128, 256, 512, 784, 900, 1152, 1568, 3136]) {
    for (const available of [150, 205, 358, 700]) {
      const grid = cellGrid(count, available, 104, 1);
      assert.ok(grid.width <= available && grid.tileWidth >= 1, `${count} in ${available}`);
      assert.ok(grid.columns * grid.rows >= count);
    }
  }
});

test("ten scores lie in one row", () => assert.equal(cellGrid(10, 400, 104, 1).rows, 1));

test("a strip to swipe has a few rows of maps for a thumb", () => {
  for (const [count, side] of MAPS) {
    const grid = stripGrid(count, side, side, 2);
    assert.ok(grid.rows <= 4 && grid.tileWidth >= 2 * 36);
    assert.ok(grid.columns * grid.rows >= count);
  }
});

test("the map under a point is the map drawn there", () => {
  const grid = mapGrid(32, 28, 28, 300, 1);
  for (let i = 0; i < 32; i += 1) {
    const [x, y] = originOf(grid, i);
    assert.equal(indexAt(grid, x + 1, y + 1), i);
  }
  assert.equal(indexAt(grid, -1, 5), -1);
  assert.equal(indexAt(grid, 5, grid.height + 1), -1);
});
