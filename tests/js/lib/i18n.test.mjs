import assert from "node:assert/strict";
import { test } from "node:test";
import { count, has, setWords, t } from "../../../static/js/lib/i18n.js";

setWords({ pad: { clear: "Clear" }, said: "{digit} at {share} %" });

test("a key returns its text with the values filled in", () => {
  assert.equal(t("pad.clear"), "Clear");
  assert.equal(t("said", { digit: 7, share: "98.2" }), "7 at 98.2 %");
});

test("a key without text throws RangeError", () => {
  assert.throws(() => t("pad.undo"), RangeError);
  assert.throws(() => t("pad"), RangeError);
});

test("has() tells if a key has text; count() writes numbers as the language does", () => {
  assert.deepEqual([has("pad.clear"), has("pad"), has("pad.undo")], [true, false, false]);
  assert.equal(count(1152), "1,152");
});
