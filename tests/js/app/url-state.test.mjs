import assert from "node:assert/strict";
import { test } from "node:test";
import { formatHash, parseHash } from "../../../static/js/app/url-state.js";
import { shortcutOf } from "../../../static/js/lib/keyboard.js";
import { describe } from "../../../static/js/app/model-select.js";
import { speak } from "../../support/speak.mjs";

speak("en");

test("the hash goes both ways", () => {
  const usual = { model: null, presenting: false, panel: null, lesson: null, layer: null, open: null, scale: "layer", scaled: true, centred: true };
  const other = { model: "two_conv", presenting: true, panel: "why", lesson: "pixel.3", layer: "conv2", open: { layer: "conv2", map: 5, cell: [3, 7] }, scale: "map", scaled: false, centred: false };
  assert.deepEqual(parseHash(""), usual);
  assert.deepEqual(parseHash("#nonsense&scale=1&scaled=no"), usual);
  assert.equal(formatHash(usual), "");
  assert.deepEqual(parseHash(formatHash(other)), other);
  for (const name of Object.keys(usual)) {
    const one = { ...usual, [name]: other[name] };
    assert.deepEqual(parseHash(formatHash(one)), one);
  }
  assert.equal(formatHash({ ...usual, model: "two_conv", centred: false }), "#model=two_conv&centred=off");
  assert.equal(formatHash({ ...usual, open: other.open }), "#open=conv2.5.3-7");
});

test("shortcuts leave the browser's own keys alone", () => {
  const key = (name, more = {}) => shortcutOf({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
  assert.equal(key("7"), "7");
  assert.equal(key("c"), "c");
  assert.equal(key("c", { ctrlKey: true }), null);
  assert.equal(key("z", { ctrlKey: true }), "undo");
  assert.equal(key("Z", { metaKey: true, shiftKey: true }), "redo");
  assert.equal(key("y", { ctrlKey: true }), "redo");
  assert.equal(key("7", { altKey: true }), null);
  assert.equal(key("?", { shiftKey: true }), "?");
});

test("a network is described with and without a known accuracy", () => {
  const model = { title: "Two convolutions", parameters: 206922, test_accuracy: 98.9 };
  assert.equal(describe(model), "Two convolutions · 206,922 parameters · 98.90 %");
  assert.equal(describe({ ...model, test_accuracy: null }), "Two convolutions · 206,922 parameters");
});

test("a network of the zoo is named in the page's language, another as the server names it", () => {
  speak("zh");
  const model = { name: "two_conv", title: "Two convolutions", parameters: 206922, test_accuracy: null };
  assert.equal(describe(model), "两层卷积 · 206,922 个参数");
  assert.equal(describe({ ...model, title: "two_conv (mlp)" }), "two_conv (mlp) · 206,922 个参数");
  assert.equal(describe({ ...model, name: "mine", title: "mine (mlp)" }), "mine (mlp) · 206,922 个参数");
});
