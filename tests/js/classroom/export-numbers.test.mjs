import assert from "node:assert/strict";
import { test } from "node:test";
import { toCsv, toJson } from "../../../static/js/classroom/export-numbers.js";

const base64 = (...bytes) => Buffer.from(bytes).toString("base64");
const prediction = {
  digit: 7, sure: true, probabilities: [0.25, 0.75], model: "mlp",
  input: { shape: [2, 2], data: base64(0, 255, 51, 0) },
  layers: [
    { name: "conv1", kind: "conv", shape: [2, 1, 2], low: -1, high: 1.55, data: base64(0, 255, 100, 0) },
    { name: "probabilities", kind: "softmax", shape: [2], low: 0, high: 1, data: base64(64, 191) },
  ],
};

test("JSON nests every value as in the shape of its layer", () => {
  const { input, layers, note, ...rest } = JSON.parse(toJson(prediction, { title: "An mlp", note: "256 steps" }));
  assert.deepEqual(rest, { model: "mlp", title: "An mlp", digit: 7, sure: true, probabilities: [0.25, 0.75] });
  assert.deepEqual(input, [[0, 1], [0.2, 0]]);
  assert.deepEqual(layers[0].values, [[[-1, 1.55]], [[0, -1]]]);
  assert.deepEqual(layers[1].values, [0.25098, 0.74902]);
  assert.equal(note, "256 steps");
});

test("CSV has one line for each number", () => {
  const lines = toCsv(prediction).trimEnd().split("\n");
  assert.equal(lines.length, 1 + 4 + 4 + 2);
  assert.deepEqual(lines.slice(0, 3), ["layer,map,row,column,value", "input,0,0,0,0", "input,0,0,1,1"]);
  assert.ok(lines.includes("conv1,0,0,1,1.55"));
  assert.equal(lines.at(-1), "probabilities,1,0,0,0.75");
});
