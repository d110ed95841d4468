import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, fitGrid, originOf, tenGrid } from "../../../static/js/lib/grid-layout.js";
import { rectangles } from "../../../static/js/network/region-outline.js";
import { above, fitting, formatOpen, parseOpen } from "../../../static/js/app/open-cell.js";

const MODEL = { layers: [{ name: "conv1", shape: [16, 28, 20] }, { name: "fc1", shape: [128] }] };

test("what is open goes into the address and back", () => {
  for (const open of [{ layer: "conv2", map: 5, cell: [3, 17] }, { layer: "fc1", map: 0, cell: null }]) {
    assert.deepEqual(parseOpen(formatOpen(open)), open);
  }
  for (const text of [null, "", "conv2", "conv2.x", "conv2.5.3", "conv2.5.3-", "conv2.-5", "../x.1"]) assert.equal(parseOpen(text), null);
});

test("another network keeps what it has too", () => {
  const open = { layer: "conv1", map: 15, cell: [27, 19] };
  assert.equal(fitting(open, MODEL), open);
  assert.deepEqual(fitting({ ...open, cell: [19, 27] }, MODEL), { ...open, cell: null });
  assert.deepEqual(fitting({ layer: "fc1", map: 127, cell: [0, 0] }, MODEL), { layer: "fc1", map: 127, cell: null });
  assert.equal(fitting({ ...open, map: 16 }, MODEL), null);
  assert.equal(fitting({ ...open, layer: "conv2" }, MODEL), null);
  assert.equal(fitting(null, MODEL), null);
});

test("up goes from the cell to its map to all layers", () => {
  const map = above({ layer: "conv1", map: 3, cell: [1, 2] });
  assert.deepEqual(map, { layer: "conv1", map: 3, cell: null });
  assert.equal(above(map), null);
});

test("the cell under a point is the one that is outlined there", () => {
  const shape = { count: 16, height: 28, width: 20 };
  const grid = fitGrid(16, 28, 20, { across: 400, down: 400, most: 90 }, 1);
  const [x, y] = originOf(grid, 6);
  const at = cellAt(grid, shape, x + (3.5 * grid.tileWidth) / 20, y + (8.5 * grid.tileHeight) / 28);
  assert.deepEqual(at, { map: 6, cell: [8, 3] });
  const [box] = rectangles(grid, shape, { maps: [6], rows: [8, 8], columns: [3, 3] });
  assert.ok(Math.abs(box.x - (x + (3 * grid.tileWidth) / 20)) < 1e-9);
  assert.ok(Math.abs(box.y - (y + (8 * grid.tileHeight) / 28)) < 1e-9);
  assert.equal(cellAt(grid, shape, -1, 5), null);
  assert.equal(rectangles(grid, shape, { maps: null, rows: [0, 1], columns: [0, 1] }).length, 16);
  assert.equal(rectangles(grid, shape, { maps: null, rows: [0, 27], columns: [0, 19] }).length, 1);
  assert.equal(rectangles(tenGrid(40, 400, 1), { count: 10, height: 1, width: 1 }, { maps: null, rows: [0, 0], columns: [0, 0] }).length, 1);
});
