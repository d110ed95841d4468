import assert from "node:assert/strict";
import test from "node:test";
import { setWords, t } from "../../static/js/lang.js";

setWords({ pad: { clear: "Clear" }, said: "{digit} at {share} %" });

test("words are found under their key, with values put in", () => {
  assert.equal(t("pad.clear"), "Clear");
  assert.equal(t("said", { digit: 7, share: "98.2" }), "7 at 98.2 %");
});

test("a key without words is an error, not an empty place on the page", () => {
  assert.throws(() => t("pad.undo"), RangeError);
  assert.throws(() => t("pad"), RangeError);
});
