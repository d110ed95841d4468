import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, fitGrid, originOf, tenGrid } from "../../../static/js/lib/grid-layout.js";
import { regionRectangles } from "../../../static/js/network/region-outline.js";

test("a cell is outlined at the point where it is found", () => {
  const shape = { count: 16, height: 28, width: 20 };
  const grid = fitGrid(16, 28, 20, { across: 400, down: 400, most: 90 }, 1);
  const [x, y] = originOf(grid, 6);
  const at = cellAt(grid, shape, x + (3.5 * grid.tileWidth) / 20, y + (8.5 * grid.tileHeight) / 28);
  assert.deepEqual(at, { map: 6, cell: [8, 3] });
  const [rectangle] = regionRectangles(grid, shape, { maps: [6], rows: [8, 8], columns: [3, 3] });
  assert.ok(Math.abs(rectangle.x - (x + (3 * grid.tileWidth) / 20)) < 1e-9);
  assert.ok(Math.abs(rectangle.y - (y + (8 * grid.tileHeight) / 28)) < 1e-9);
  assert.equal(cellAt(grid, shape, -1, 5), null);
  assert.equal(regionRectangles(grid, shape, { maps: null, rows: [0, 1], columns: [0, 1] }).length, 16);
  assert.equal(regionRectangles(grid, shape, { maps: null, rows: [0, 27], columns: [0, 19] }).length, 1);
  const whole = { maps: null, rows: [0, 0], columns: [0, 0] };
  assert.equal(regionRectangles(tenGrid(40, 400, 1), { count: 10, height: 1, width: 1 }, whole).length, 1);
});
