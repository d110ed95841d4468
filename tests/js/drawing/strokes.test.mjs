import assert from "node:assert/strict";
import { test } from "node:test";
import { addPoint, containFit, createStroke, paintStroke, strokeCurves, widthAt } from "../../../static/js/drawing/strokes.js";

const strokeOf = (...points) => points.reduce((stroke, [x, y, p]) => addPoint(stroke, x, y, p), createStroke(0.1));

// A 2D context that records its calls.
function recorder() {
  const calls = [];
  const names = ["beginPath", "moveTo", "quadraticCurveTo", "stroke", "arc", "fill"];
  return Object.assign(Object.fromEntries(names.map((name) => [name, (...values) => calls.push([name, ...values])])), { calls });
}

test("the line begins at the first point, ends at the last and has no gap", () => {
  const pieces = strokeCurves(strokeOf([0.1, 0.1], [0.5, 0.2], [0.6, 0.6], [0.2, 0.9]));
  assert.deepEqual(pieces[0].from.slice(0, 2), [0.1, 0.1]);
  assert.deepEqual(pieces.at(-1).to.slice(0, 2), [0.2, 0.9]);
  pieces.slice(1).forEach((piece, i) => assert.deepEqual(piece.from, pieces[i].to));
});

test("the line is smooth: where two curves meet, their tangents are parallel", () => {
  const pieces = strokeCurves(strokeOf([0.1, 0.1], [0.5, 0.2], [0.6, 0.6], [0.2, 0.9]));
  for (let i = 2; i < pieces.length - 1; i += 1) {
    const [meet, before, after] = [pieces[i].from, pieces[i - 1].control, pieces[i].control];
    const cross = (meet[0] - before[0]) * (after[1] - meet[1]) - (meet[1] - before[1]) * (after[0] - meet[0]);
    assert.ok(Math.abs(cross) < 1e-12);
  }
});

test("a tap is a dot as wide as the brush", () => {
  const context = recorder();
  paintStroke(context, strokeOf([0.5, 0.25]), 280);
  const arc = context.calls.find(([name]) => name === "arc");
  assert.deepEqual(arc.slice(1, 4), [140, 70, 14]);
  assert.ok(context.calls.some(([name]) => name === "fill"));
});

test("a stroke of even width is one path; a pen's pressure gives every curve its own width", () => {
  const even = recorder();
  paintStroke(even, strokeOf([0, 0], [0.5, 0.5], [1, 0]), 100);
  assert.equal(even.calls.filter(([name]) => name === "stroke").length, 1);
  const pen = recorder();
  paintStroke(pen, strokeOf([0, 0, 0.2], [0.5, 0.5, 0.9], [1, 0, 0.4]), 100);
  assert.equal(pen.calls.filter(([name]) => name === "stroke").length, 3);
});

test("an empty stroke draws nothing", () => {
  const context = recorder();
  paintStroke(context, createStroke(0.1), 100);
  assert.deepEqual(context.calls, []);
});

test("pressure changes the width by at most a quarter", () => {
  assert.equal(widthAt(0.08, 0.5), 0.08);
  assert.ok(widthAt(0.08, 1) <= 0.1 && widthAt(0.08, 0) >= 0.06);
});

test("points at the same place are dropped, and a stroke is never changed in place", () => {
  const one = strokeOf([0.5, 0.5]);
  assert.equal(addPoint(one, 0.5005, 0.5), one);
  const two = addPoint(one, 0.6, 0.5);
  assert.equal(one.points.length, 1);
  assert.equal(two.points.length, 2);
});

test("an image is fitted into the pad, centred, with its aspect ratio kept", () => {
  assert.deepEqual(containFit(200, 100, 50), { x: 0, y: 12.5, width: 50, height: 25 });
  assert.deepEqual(containFit(28, 28, 280), { x: 0, y: 0, width: 280, height: 280 });
});
