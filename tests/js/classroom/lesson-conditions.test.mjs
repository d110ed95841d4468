import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, isDone } from "../../../static/js/classroom/lesson-conditions.js";

const ink = (strokes) => ({ past: [], present: { strokes, picture: null }, future: [] });
const stroke = { size: 0.1, points: [[0.5, 0.5, 0.5]] };
const input = { shape: [2, 2], data: Buffer.from([0, 255, 51, 0]).toString("base64") };
const shares = [0, 0, 0, 0.7, 0, 0, 0, 0, 0.3, 0];
const state = {
  history: ink([stroke]), stroke: null, model: "mlp", panel: null, centred: true,
  models: [{ name: "mlp", layers: [{ name: "fc1", kind: "linear" }, { name: "relu1", kind: "relu" }] }],
  answer: { digit: 3, sure: true, probabilities: shares, input },
};
const blank = { ...state, history: ink([]), answer: null };
const holds = (condition, now, before = blank) => isDone(condition, factsOf(now), factsOf(before));

test("drawn: there is ink, or other ink than before", () => {
  assert.ok(holds({ drawn: true }, state));
  assert.ok(!holds({ drawn: true }, blank));
  assert.ok(holds({ drawn: false }, blank));
  assert.ok(!holds({ drawn: true }, { ...state, stroke }), "during a stroke nothing counts as drawn");
  assert.ok(holds({ drawn: "anew" }, state));
  assert.ok(!holds({ drawn: "anew" }, state, state));
  assert.ok(!holds({ drawn: "anew" }, blank, state));
});

test("digit, sure, share: the prediction", () => {
  assert.ok(holds({ digit: 3, sure: true }, state));
  assert.ok(!holds({ digit: 3, sure: false }, state));
  assert.ok(holds({ digit: [1, 3] }, state));
  assert.ok(!holds({ digit: "other" }, state, state));
  assert.ok(holds({ digit: "other" }, state));
  assert.ok(!holds({ digit: "other" }, blank, state));
  assert.ok(holds({ share: { digit: 8, above: 0.2 } }, state));
  assert.ok(holds({ share: { digit: "second", above: 0.2, below: 0.4 } }, state));
  assert.ok(!holds({ share: { digit: "second", below: 0.4 } }, blank));
});

test("state: fields of the state; a missing field equals null", () => {
  assert.ok(holds({ state: { panel: null, model: "mlp", compare: null } }, state));
  assert.ok(!holds({ state: { panel: "why" } }, state));
  assert.ok(holds({ state: { centred: false } }, { ...state, centred: false }));
});

test("opened, cell, layer, pixel: the open map and the hovered pixel", () => {
  const open = { ...state, open: { layer: "relu1", map: 2, cell: null } };
  assert.ok(!holds({ opened: "relu" }, state));
  assert.ok(holds({ opened: "relu" }, open));
  assert.ok(holds({ opened: ["conv", "relu"], layer: "relu1" }, open));
  assert.ok(!holds({ opened: "relu", cell: true }, open));
  assert.ok(holds({ opened: "relu", cell: true }, { ...open, open: { ...open.open, cell: [0, 3] } }));
  assert.ok(!holds({ opened: "conv" }, { ...open, models: null }));
  assert.ok(holds({ pixel: { above: 0.9 } }, { ...state, pixel: [0, 1] }));
  assert.ok(holds({ pixel: { above: 0.1, below: 0.9 } }, { ...state, pixel: [1, 0] }));
  assert.ok(!holds({ pixel: { below: 2 } }, state));
  assert.ok(holds({ pixel: { below: 0.1 } }, { ...blank, pixel: [0, 0] }));
});

test("moment, settled: the snapshot of the timeline", () => {
  const moved = { ...state, moment: { digits: 400, settled: true } };
  assert.ok(holds({ moment: { above: 250, below: 500 }, settled: true }, moved));
  assert.ok(!holds({ moment: { above: 400 } }, moved));
  assert.ok(!holds({ settled: true }, { ...moved, moment: { digits: 400, settled: false } }));
  assert.ok(!holds({ moment: { below: 500 } }, state), "the timeline is not open");
});

test("any, all: combined conditions", () => {
  assert.ok(holds({ any: [{ digit: 5 }, { digit: 3 }] }, state));
  assert.ok(!holds({ all: [{ digit: 5 }, { digit: 3 }] }, state));
});
