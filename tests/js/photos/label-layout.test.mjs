import assert from "node:assert/strict";
import { test } from "node:test";
import { digitInDirection, digitLines, inPercent, placeLabels, squareAround } from "../../../static/js/photos/label-layout.js";

const photo = { width: 400, height: 300 };

test("the cut-out is a square around the digit, moved inside the photo at its edges", () => {
  assert.deepEqual(squareAround([100, 100, 50, 100], photo), { x: 55, y: 80, side: 140 });
  assert.deepEqual(squareAround([0, 0, 50, 100], photo), { x: 0, y: 0, side: 140 });
  assert.deepEqual(squareAround([380, 250, 20, 50], photo), { x: 330, y: 230, side: 70 });
});

test("a cut-out larger than the photo is centred on it", () => {
  const { x, y, side } = squareAround([150, 0, 100, 300], photo);
  assert.equal(side, 420);
  assert.equal(x, -10);
  assert.equal(y, -60);
});

test("a box is written in percent of another box", () => {
  assert.deepEqual(inPercent([100, 75, 40, 30], [0, 0, 400, 300]), { left: 25, top: 25, width: 10, height: 10 });
  assert.deepEqual(inPercent([90, 50, 40, 25], [100, 75, 40, 50]), { left: -25, top: -50, width: 100, height: 50 });
});

test("digits are grouped by line; a text with another number of digits is one line", () => {
  assert.deepEqual(digitLines("31\n4 15", 5), [[0, 1], [2, 3, 4]]);
  assert.deepEqual(digitLines("31", 3), [[0, 1, 2]]);
});

test("arrow keys move in reading order and to the nearest digit of the next line", () => {
  const boxes = [[0, 0, 20, 40], [100, 0, 20, 40], [200, 0, 20, 40], [90, 100, 20, 40], [190, 100, 20, 40]];
  const lines = [[0, 1, 2], [3, 4]];
  const go = (key, at) => digitInDirection(key, at, boxes, lines);
  assert.equal(go("ArrowRight", 2), 3);
  assert.equal(go("ArrowLeft", 0), 0);
  assert.equal(go("ArrowRight", 4), 4);
  assert.equal(go("ArrowDown", 2), 4);
  assert.equal(go("ArrowUp", 3), 1);
  assert.equal(go("ArrowUp", 1), 1);
  assert.equal(go("End", 0), 4);
  assert.equal(go("Home", 3), 0);
  assert.equal(go("x", 3), null);
});

const meets = (a, b) => a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
const free = (boxes, places) => places.every((place, i) =>
  boxes.every((box) => !meets(place, box)) && places.every((other, j) => i === j || !meets(place, other)));
const put = (boxes, sizes = [40, 30, 20, 10]) =>
  placeLabels(boxes, photo, { sizes, widths: boxes.map(() => 0.9), gap: 4 });

test("with enough room, labels are large and centred above their boxes", () => {
  const { size, places } = put([[50, 100, 60, 80], [200, 100, 60, 80]]);
  assert.equal(size, 40);
  assert.deepEqual(places[0], [62, 56, 36, 40]);
});

test("between close lines, labels are smaller and cover nothing", () => {
  const boxes = [0, 1, 2].flatMap((row) => [0, 1, 2, 3].map((column) => [20 + 70 * column, 40 + 85 * row, 50, 55]));
  const { size, places } = put(boxes);
  assert.equal(size, 20);
  assert.ok(free(boxes, places));
  assert.ok(places.every((place, i) => place[1] < boxes[i][1]), "all on the same side");
});

test("at the upper edge of the photo, labels stand below", () => {
  const boxes = [[50, 5, 40, 80], [150, 5, 40, 80]];
  const { places } = put(boxes);
  assert.ok(places.every((place) => place[1] > 85));
});

test("digits that fill the photo get a label each", () => {
  const boxes = [[0, 0, 200, 300], [200, 0, 200, 300]];
  const { size, places } = put(boxes);
  assert.equal(size, 10);
  assert.equal(places.length, 2);
});

test("a label is lower than the digits", () => {
  assert.equal(put([[50, 100, 20, 25], [100, 100, 20, 25]]).size, 10);
});

test("next to one enclosed digit, the other labels stand on one side", () => {
  const boxes = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => [40 + 110 * column, 20 + 92 * row, 40, 85]));
  const { places } = put([...boxes, [85, 20, 60, 85]]);
  const right = places.filter((place, i) => i < 9 && place[0] >= boxes[i][0] + 40);
  assert.ok(right.length >= 8, JSON.stringify(places));
});
