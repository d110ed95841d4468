import assert from "node:assert/strict";
import { test } from "node:test";
import { percent, signed } from "../../../static/js/lib/number-format.js";

test("numbers have at most two decimals and a minus sign; a rounded zero has none", () => {
  assert.deepEqual([-1.234, 0, -0.001, 12.34, -123.4].map(signed), ["−1.23", "0.00", "0.00", "12.3", "−123"]);
});

test("a share is written in percent, with one decimal", () => {
  assert.deepEqual([0, 0.98765, 1].map(percent), ["0.0", "98.8", "100.0"]);
});
