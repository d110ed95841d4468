import assert from "node:assert/strict";
import { test } from "node:test";
import { nextTile } from "../../../static/js/panels/digit-tiles.js";

test("arrow keys go from tile to tile, up and down by rows", () => {
  assert.equal(nextTile("ArrowRight", 3, 7, 5), 4);
  assert.equal(nextTile("ArrowDown", 1, 7, 5), 6);
  assert.equal(nextTile("ArrowDown", 3, 7, 5), 3);
  assert.equal(nextTile("ArrowUp", 6, 7, 5), 1);
  assert.equal(nextTile("ArrowLeft", 0, 7, 5), 0);
  assert.equal(nextTile("End", 0, 7, 5), 6);
  assert.equal(nextTile("a", 0, 7, 5), null);
});
