import assert from "node:assert/strict";
import { test } from "node:test";
import { contribution, overlay, score, without } from "../../../../static/js/panels/why/attribution.js";
import { inputTransform } from "../../../../static/js/drawing/coordinates.js";

const pixel = (rgba, i) => [...rgba.slice(4 * i, 4 * i + 3)];

test("ink without a say is grey, what speaks for the digit is warm, what speaks against it is blue", () => {
  for (const theme of ["light", "dark"]) {
    const rgba = overlay([0, 255, 255, 255, 128], [0, 0, 2, -1, 0], theme);
    const [paper, silent, above, below, half] = [0, 1, 2, 3, 4].map((i) => pixel(rgba, i));
    assert.ok(Math.max(...silent) - Math.min(...silent) < 20 && Math.abs(silent[0] - paper[0]) > 30);
    assert.ok(half[0] > Math.min(paper[0], silent[0]) && half[0] < Math.max(paper[0], silent[0]));
    assert.ok(above[0] > above[2] + 40);
    assert.ok(below[2] > below[0] + 40);
    assert.ok([0, 1, 2, 3, 4].every((i) => rgba[4 * i + 3] === 255));
  }
});

test("a drawing that nothing is known of is all grey", () => {
  assert.deepEqual(pixel(overlay([255, 255], [0, 0], "light"), 0), pixel(overlay([255, 255], [0, 0], "light"), 1));
});

test("the corners of the ink's box come to lie where the server put them", () => {
  const { scale, shift } = inputTransform({ size: [280, 280], box: [70, 28, 100, 200], place: [9, 4, 10, 20] });
  const at = (x, y) => [scale[0] * x + shift[0], scale[1] * y + shift[1]].map((value) => Math.round(1e6 * value) / 1e6);
  assert.deepEqual(at(70 / 280, 28 / 280), [9, 4]);
  assert.deepEqual(at(170 / 280, 228 / 280), [19, 24]);
});

test("a drawing without one of its strokes keeps the others in order", () => {
  const drawing = Object.freeze({ strokes: Object.freeze(["a", "b", "c"]), picture: null });
  assert.deepEqual(without(drawing, 1), { strokes: ["a", "c"], picture: null });
});

test("what a stroke adds is the difference in percentage points", () => {
  const all = [0.1, 0.9, 0, 0, 0, 0, 0, 0, 0, 0];
  const rest = [0.6, 0.15, 0.25, 0, 0, 0, 0, 0, 0, 0];
  const { points, up, down } = contribution(all, rest);
  assert.deepEqual(points.slice(0, 3).map(Math.round), [-50, 75, -25]);
  assert.deepEqual([up, down], [1, 0]);
});

test("scores have one decimal and a true minus sign, and no minus before zero", () => {
  assert.deepEqual([12.34, -2.25, -0.04, 0, -10].map(score), ["12.3", "−2.3", "0.0", "0.0", "−10.0"]);
});
