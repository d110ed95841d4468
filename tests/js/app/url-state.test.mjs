import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK, commit, createHistory, isBlank } from "../../../static/js/app/undo-history.js";
import { formatHash, hasInk, historyFromHash, parseHash, withInk } from "../../../static/js/app/url-state.js";

const drawing = { strokes: [{ size: 1 / 13, points: [[0.5, 0.25, 0.5], [0.5, 0.75, 0.5]] }], picture: null };

test("a state survives the way into the hash and back, and defaults are left out", () => {
  const standard = { model: null, presenting: false, panel: null, lesson: null, layer: null, open: null, scale: "layer", scaled: true, centred: true };
  const other = { model: "two_conv", presenting: true, panel: "why", lesson: "pixel.3", layer: "conv2", open: { layer: "conv2", map: 5, cell: [3, 7] }, scale: "map", scaled: false, centred: false };
  assert.deepEqual(parseHash(""), standard);
  assert.deepEqual(parseHash("#nonsense&scale=1&scaled=no"), standard);
  assert.equal(formatHash(standard), "");
  assert.deepEqual(parseHash(formatHash(other)), other);
  for (const name of Object.keys(standard)) {
    const one = { ...standard, [name]: other[name] };
    assert.deepEqual(parseHash(formatHash(one)), one);
  }
  assert.equal(formatHash({ ...standard, model: "two_conv", centred: false }), "#model=two_conv&centred=off");
  assert.equal(formatHash({ ...standard, open: other.open }), "#open=conv2.5.3-7");
});

test("a link holds the drawing beside the other fields", () => {
  const hash = withInk("#model=mlp&ink=1old", drawing);
  assert.match(hash, /^#model=mlp&ink=1[\w-]+$/);
  assert.deepEqual(historyFromHash(hash).present, drawing);
  assert.equal(withInk(hash, BLANK), "#model=mlp");
  assert.equal(withInk("", BLANK), "");
  assert.deepEqual([hasInk(hash), hasInk("#model=mlp"), hasInk("")], [true, false, false]);
});

test("a link without a drawing, or with a malformed one, leaves the history unchanged", () => {
  const before = commit(createHistory(), drawing);
  assert.equal(historyFromHash("#model=mlp", before), before);
  assert.equal(historyFromHash("#ink=1%25%25", before), before);
  assert.ok(isBlank(historyFromHash("#ink=nonsense").present));
  assert.equal(historyFromHash(withInk("", drawing), before).past.length, 2);
});
