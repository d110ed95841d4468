import assert from "node:assert/strict";
import { test } from "node:test";
import { attributionPixels, formatScore, strokeEffect, withoutStroke } from "../../../../static/js/panels/why/attribution.js";

const pixel = (rgba, i) => [...rgba.slice(4 * i, 4 * i + 3)];

test("ink without attribution is grey, positive attribution is orange, negative is blue", () => {
  for (const theme of ["light", "dark"]) {
    const rgba = attributionPixels([0, 255, 255, 255, 128], [0, 0, 2, -1, 0], theme);
    const [paper, neutral, above, below, half] = [0, 1, 2, 3, 4].map((i) => pixel(rgba, i));
    assert.ok(Math.max(...neutral) - Math.min(...neutral) < 20 && Math.abs(neutral[0] - paper[0]) > 30);
    assert.ok(half[0] > Math.min(paper[0], neutral[0]) && half[0] < Math.max(paper[0], neutral[0]));
    assert.ok(above[0] > above[2] + 40);
    assert.ok(below[2] > below[0] + 40);
    assert.ok([0, 1, 2, 3, 4].every((i) => rgba[4 * i + 3] === 255));
  }
});

test("without any attribution all ink is grey", () => {
  assert.deepEqual(pixel(attributionPixels([255, 255], [0, 0], "light"), 0), pixel(attributionPixels([255, 255], [0, 0], "light"), 1));
});

test("a drawing without one of its strokes keeps the order of the others", () => {
  const drawing = Object.freeze({ strokes: Object.freeze(["a", "b", "c"]), picture: null });
  assert.deepEqual(withoutStroke(drawing, 1), { strokes: ["a", "c"], picture: null });
});

test("the effect of a stroke is the difference of the probabilities in percentage points", () => {
  const all = [0.1, 0.9, 0, 0, 0, 0, 0, 0, 0, 0];
  const rest = [0.6, 0.15, 0.25, 0, 0, 0, 0, 0, 0, 0];
  const { points, up, down } = strokeEffect(all, rest);
  assert.deepEqual(points.slice(0, 3).map(Math.round), [-50, 75, -25]);
  assert.deepEqual([up, down], [1, 0]);
});

test("scores have one decimal and a minus sign, and no minus before zero", () => {
  assert.deepEqual([12.34, -2.25, -0.04, 0, -10].map(formatScore), ["12.3", "−2.3", "0.0", "0.0", "−10.0"]);
});
