import assert from "node:assert/strict";
import { test } from "node:test";
import { parentOf, clampToModel, formatOpen, parseOpen } from "../../../static/js/app/open-cell.js";

const MODEL = { layers: [{ name: "conv1", shape: [16, 28, 20] }, { name: "fc1", shape: [128] }] };

test("an open map or cell survives the way into the address and back", () => {
  for (const open of [{ layer: "conv2", map: 5, cell: [3, 17] }, { layer: "fc1", map: 0, cell: null }]) {
    assert.deepEqual(parseOpen(formatOpen(open)), open);
  }
  for (const text of [null, "", "conv2", "conv2.x", "conv2.5.3", "conv2.5.3-", "conv2.-5", "../x.1"]) assert.equal(parseOpen(text), null);
});

test("another network keeps the open place if it exists there", () => {
  const open = { layer: "conv1", map: 15, cell: [27, 19] };
  assert.equal(clampToModel(open, MODEL), open);
  assert.deepEqual(clampToModel({ ...open, cell: [19, 27] }, MODEL), { ...open, cell: null });
  assert.deepEqual(clampToModel({ layer: "fc1", map: 127, cell: [0, 0] }, MODEL), { layer: "fc1", map: 127, cell: null });
  assert.equal(clampToModel({ ...open, map: 16 }, MODEL), null);
  assert.equal(clampToModel({ ...open, layer: "conv2" }, MODEL), null);
  assert.equal(clampToModel(null, MODEL), null);
});

test("the parent of a cell is its map, the parent of a map all layers", () => {
  const map = parentOf({ layer: "conv1", map: 3, cell: [1, 2] });
  assert.deepEqual(map, { layer: "conv1", map: 3, cell: null });
  assert.equal(parentOf(map), null);
});
