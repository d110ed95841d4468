import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStrokes, encodeStrokes } from "../../../static/js/drawing/stroke-codec.js";

const curve = (count, turn = 0) => Array.from({ length: count }, (_, i) =>
  [0.5 + 0.3 * Math.cos(turn + i / 20), 0.5 + 0.3 * Math.sin(turn + i / 20), 0.5]);
const drawing = [{ size: 1 / 13, points: curve(80) }, { size: 0.1, points: curve(60, 2) }];

function assertNear(before, after) {
  assert.equal(after.length, before.length);
  before.forEach(({ size, points }, i) => {
    assert.ok(Math.abs(after[i].size - size) < 1e-3);
    assert.equal(after[i].points.length, points.length);
    points.forEach((point, j) => point.forEach((value, k) =>
      assert.ok(Math.abs(after[i].points[j][k] - value) <= (k === 2 ? 1 / 128 : 1 / 2048))));
  });
}

test("a drawing survives encoding within a thousandth of the pad", () => {
  assertNear(drawing, decodeStrokes(encodeStrokes(drawing)));
  assert.equal(decodeStrokes(encodeStrokes(drawing))[0].size, 1 / 13);
  assert.deepEqual(decodeStrokes(encodeStrokes(decodeStrokes(encodeStrokes(drawing)))), decodeStrokes(encodeStrokes(drawing)));
  assert.deepEqual(decodeStrokes(encodeStrokes([])), []);
});

test("pressure and points outside the pad survive encoding", () => {
  const points = [[-0.2, 0.3, 0.1], [0.4, 1.2, 0.9], [0.5, 0.5, 0.5]];
  assertNear([{ size: 0.05, points }], decodeStrokes(encodeStrokes([{ size: 0.05, points }])));
});

test("points too far outside are clamped, and strokes above the limit dropped", () => {
  const [far] = decodeStrokes(encodeStrokes([{ size: 1 / 13, points: [[0.5, 0.5, 0.5], [7, -9, 0.5]] }]));
  assert.deepEqual(far.points.at(-1), [5, -4, 0.5]);
  assert.equal(decodeStrokes(encodeStrokes(Array.from({ length: 250 }, () => ({ size: 0.1, points: [[0.5, 0.5, 0.5]] })))).length, 200);
});

test("the text of a long drawing is short and needs no escaping", () => {
  assert.ok(encodeStrokes(drawing).length < 500);
  const long = [{ size: 1 / 13, points: curve(4000) }, { size: 1 / 13, points: [[0.5, 0.5, 0.5]] }];
  const text = encodeStrokes(long);
  assert.ok(text.length <= 2001);
  assert.match(text, /^[\w-]+$/);
  const [first, dot] = decodeStrokes(text);
  assert.deepEqual(dot.points, [[0.5, 0.5, 0.5]]);
  assertNear([{ size: 1, points: [long[0].points[0], long[0].points.at(-1)] }], [{ size: 1, points: [first.points[0], first.points.at(-1)] }]);
});

test("a malformed text is an empty drawing", () => {
  const text = encodeStrokes(drawing);
  const hostile = [
    null, undefined, "", "1%%%", `2${text.slice(1)}`, text.slice(0, -1), text.slice(0, 20), `1${"_".repeat(3000)}`,
    `1${"A".repeat(4000)}`, `1${"A".repeat(30_000)}`, `1${btoa("\x64\xff\xff\xff\xff\x7f")}`, `1${btoa("\x00\x02\x00\x00")}`,
    `1${btoa("\x64\x02\xff\xff\xff\x01\x00")}`, `1${btoa("\x64\x00")}`,
    `1${btoa("\x64\x02\x00\x00".repeat(201)).replaceAll("=", "")}`, "1<script>", "1é",
  ];
  for (const each of hostile) assert.deepEqual(decodeStrokes(each), [], String(each).slice(0, 40));
});
