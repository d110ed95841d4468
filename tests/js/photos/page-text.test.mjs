import assert from "node:assert/strict";
import { test } from "node:test";
import { foundText } from "../../../static/js/photos/page-text.js";
import { loadWords } from "../../support/load-words.mjs";

test("a digit of a photo is named by its place", () => {
  loadWords("en");
  assert.equal(foundText({ digit: 7, sure: false }, 2), "third digit: 7, unsure");
  assert.equal(foundText({ digit: 0, sure: true }, 10), "digit number 11: 0");
});

test("places are also named in Chinese", () => {
  loadWords("zh");
  assert.equal(foundText({ digit: 7, sure: false }, 2), "第三个数字：7，没把握");
  assert.equal(foundText({ digit: 0, sure: true }, 10), "第 11 个数字：0");
});
