import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK, commit, createHistory, isBlank } from "../../../static/js/app/undo-history.js";
import { drawnFrom, hasInk, withInk } from "../../../static/js/app/url-state.js";

const drawing = { strokes: [{ size: 1 / 13, points: [[0.5, 0.25, 0.5], [0.5, 0.75, 0.5]] }], picture: null };

test("a link carries the drawing beside what it carried before", () => {
  const hash = withInk("#model=mlp&ink=1old", drawing);
  assert.match(hash, /^#model=mlp&ink=1[\w-]+$/);
  assert.deepEqual(drawnFrom(hash).present, drawing);
  assert.equal(withInk(hash, BLANK), "#model=mlp");
  assert.equal(withInk("", BLANK), "");
  assert.deepEqual([hasInk(hash), hasInk("#model=mlp"), hasInk("")], [true, false, false]);
});

test("a link without a drawing, or with a broken one, changes nothing", () => {
  const before = commit(createHistory(), drawing);
  assert.equal(drawnFrom("#model=mlp", before), before);
  assert.equal(drawnFrom("#ink=1%25%25", before), before);
  assert.ok(isBlank(drawnFrom("#ink=nonsense").present));
  assert.equal(drawnFrom(withInk("", drawing), before).past.length, 2);
});
