import assert from "node:assert/strict";
import { test } from "node:test";
import { modelDescription } from "../../../static/js/app/model-select.js";
import { loadWords } from "../../support/load-words.mjs";

loadWords("en");

test("a network is described with and without a known accuracy", () => {
  const model = { title: "Two convolutions", parameters: 206922, test_accuracy: 98.9 };
  assert.equal(modelDescription(model), "Two convolutions · 206,922 parameters · 98.90 %");
  assert.equal(modelDescription({ ...model, test_accuracy: null }), "Two convolutions · 206,922 parameters");
});

test("a built-in architecture has a translated title, any other network the server's title", () => {
  loadWords("zh");
  const model = { name: "two_conv", title: "Two convolutions", parameters: 206922, test_accuracy: null };
  assert.equal(modelDescription(model), "两层卷积 · 206,922 个参数");
  assert.equal(modelDescription({ ...model, title: "two_conv (mlp)" }), "two_conv (mlp) · 206,922 个参数");
  assert.equal(modelDescription({ ...model, name: "mine", title: "mine (mlp)" }), "mine (mlp) · 206,922 个参数");
});
