import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEvent, curves, initialState, isRunning, mergeLines } from "../../../../static/js/panels/learn/training-state.js";

test("lists of points get a common x axis and keep their lines", () => {
  const { xs, values } = mergeLines([{ x: 0, y: 0 }, { x: 4, y: 8 }], [{ x: 2, y: 5 }, { x: 3, y: 5 }]);
  assert.deepEqual(xs, [0, 2, 3, 4]);
  assert.deepEqual(values, [[0, 4, 6, 8], [null, 5, 5, null]]);
  assert.deepEqual(mergeLines([], []), { xs: [], values: [[], []] });
});

test("events change the state of a training and its curves", () => {
  const events = [
    { event: "began", seconds: 0, parameters: 9, epochs: 2 },
    { event: "step", seconds: 1, epoch: 1, digits: 64, loss: 900, accuracy: 10 },
    { event: "measured", seconds: 1, epoch: 1, digits: 64, loss: 2, accuracy: 20 },
    { event: "something of a later version", seconds: 1 },
    { event: "step", seconds: 2, epoch: 1, digits: 128, loss: 1, accuracy: 60 },
  ];
  const state = events.reduce(applyEvent, initialState());
  assert.equal(state.phase, "learning");
  assert.ok(isRunning(state));
  assert.equal(state.digits, 128);
  assert.equal(state.accuracy, 20);
  assert.deepEqual(curves(state, "loss"), { xs: [64, 128], values: [[3, 1], [2, null]] });
  const end = applyEvent(state, { event: "finished", seconds: 3, why: "done", accuracy: 97.5, epoch: 2 });
  assert.ok(!isRunning(end));
  assert.deepEqual([end.accuracy, end.steps.length], [97.5, 2]);
});

test("a loss that is null is left out of a curve", () => {
  const events = [
    { event: "step", seconds: 1, epoch: 1, digits: 64, loss: 1, accuracy: 10 },
    { event: "measured", seconds: 1, epoch: 1, digits: 64, loss: null, accuracy: 10 },
    { event: "measured", seconds: 2, epoch: 1, digits: 128, loss: 2, accuracy: 10 },
  ];
  assert.deepEqual(curves(events.reduce(applyEvent, initialState()), "loss"), { xs: [64, 128], values: [[1, null], [null, 2]] });
});
