import assert from "node:assert/strict";
import { test } from "node:test";
import { arrowStep, shortcutOf } from "../../../static/js/lib/keyboard.js";

test("shortcuts leave the keys of the browser alone", () => {
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

test("an arrow key is a step of rows and columns, any other key is none", () => {
  assert.deepEqual(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map(arrowStep), [[-1, 0], [1, 0], [0, -1], [0, 1]]);
  assert.deepEqual(["Enter", "a", null].map(arrowStep), [null, null, null]);
});
