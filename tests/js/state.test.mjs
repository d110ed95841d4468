import assert from "node:assert/strict";
import { test } from "node:test";
import { formatHash, parseHash } from "../../static/js/hash.js";
import { shortcutOf } from "../../static/js/keys.js";
import { describe } from "../../static/js/model.js";
import { createState } from "../../static/js/state.js";
import { speak } from "./speak.mjs";

speak("en");

test("listeners hear the new and the old state, and nothing when nothing changes", () => {
  const state = createState({ model: "mlp", size: 1 });
  const heard = [];
  const stop = state.subscribe((now, before) => heard.push([before.model, now.model]));
  state.set({ model: "two_conv" });
  state.set({ model: "two_conv" });
  stop();
  state.set({ model: "mlp" });
  assert.deepEqual(heard, [["mlp", "two_conv"]]);
  assert.throws(() => { state.get().model = "x"; }, TypeError);
});

test("the hash goes both ways", () => {
  for (const each of [{ model: null, presenting: false, panel: null, lesson: null }, { model: "two_conv", presenting: true, panel: null, lesson: "pixel.3" }]) {
    assert.deepEqual(parseHash(formatHash(each)), each);
  }
  assert.equal(formatHash({ model: "two_conv", presenting: false, panel: null }), "#model=two_conv");
  assert.equal(formatHash({ model: null, presenting: false, panel: null, lesson: null }), "");
  assert.deepEqual(parseHash("#nonsense"), { model: null, presenting: false, panel: null, lesson: null });
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
