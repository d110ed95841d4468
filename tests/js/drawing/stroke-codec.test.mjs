import assert from "node:assert/strict";
import { test } from "node:test";
import { strokesOf, textOf } from "../../../static/js/drawing/stroke-codec.js";

const curve = (count, turn = 0) => Array.from({ length: count }, (_, i) =>
  [0.5 + 0.3 * Math.cos(turn + i / 20), 0.5 + 0.3 * Math.sin(turn + i / 20), 0.5]);
const drawing = [{ size: 1 / 13, points: curve(80) }, { size: 0.1, points: curve(60, 2) }];

function near(before, after) {
  assert.equal(after.length, before.length);
  before.forEach(({ size, points }, i) => {
    assert.ok(Math.abs(after[i].size - size) < 1e-3);
    assert.equal(after[i].points.length, points.length);
    points.forEach((point, j) => point.forEach((value, k) =>
      assert.ok(Math.abs(after[i].points[j][k] - value) <= (k === 2 ? 1 / 128 : 1 / 2048))));
  });
}

test("a drawing goes to text and back, within a thousandth of the pad", () => {
  near(drawing, strokesOf(textOf(drawing)));
  assert.equal(strokesOf(textOf(drawing))[0].size, 1 / 13);
  assert.deepEqual(strokesOf(textOf(strokesOf(textOf(drawing)))), strokesOf(textOf(drawing)));
  assert.deepEqual(strokesOf(textOf([])), []);
});

test("a pen's pressure and what leaves the pad are kept", () => {
  const points = [[-0.2, 0.3, 0.1], [0.4, 1.2, 0.9], [0.5, 0.5, 0.5]];
  near([{ size: 0.05, points }], strokesOf(textOf([{ size: 0.05, points }])));
});

test("what no link can hold is left out of it, and the drawing stays", () => {
  const [far] = strokesOf(textOf([{ size: 1 / 13, points: [[0.5, 0.5, 0.5], [7, -9, 0.5]] }]));
  assert.deepEqual(far.points.at(-1), [5, -4, 0.5]);
  assert.equal(strokesOf(textOf(Array.from({ length: 250 }, () => ({ size: 0.1, points: [[0.5, 0.5, 0.5]] })))).length, 200);
});

test("the text is short and needs no escaping, however long one draws", () => {
  assert.ok(textOf(drawing).length < 500);
  const long = [{ size: 1 / 13, points: curve(4000) }, { size: 1 / 13, points: [[0.5, 0.5, 0.5]] }];
  const text = textOf(long);
  assert.ok(text.length <= 2001);
  assert.match(text, /^[\w-]+$/);
  const [first, dot] = strokesOf(text);
  assert.deepEqual(dot.points, [[0.5, 0.5, 0.5]]);
  near([{ size: 1, points: [long[0].points[0], long[0].points.at(-1)] }], [{ size: 1, points: [first.points[0], first.points.at(-1)] }]);
});

test("a broken link is an empty drawing", () => {
  const text = textOf(drawing);
  const hostile = [
    null, undefined, "", "1%%%", "2" + text.slice(1), text.slice(0, -1), text.slice(0, 20), "1" + "_".repeat(3000),
    "1" + "A".repeat(4000), "1" + "A".repeat(30_000), "1" + btoa("\x64\xff\xff\xff\xff\x7f"), "1" + btoa("\x00\x02\x00\x00"),
    "1" + btoa("\x64\x02\xff\xff\xff\x01\x00"), "1" + btoa("\x64\x00"), "1" + btoa("\x64\x02\x00\x00".repeat(201)).replaceAll("=", ""),
    "1<script>", "1é",
  ];
  for (const each of hostile) assert.deepEqual(strokesOf(each), [], String(each).slice(0, 40));
});
