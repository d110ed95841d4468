import assert from "node:assert/strict";
import { test } from "node:test";
import { projectiveField, receptiveField } from "../../../static/js/network/receptive-field.js";

const conv = (count, size, side, padding = 0) => ({ kind: "conv", shape: [count, size, size], window: { side, stride: 1, padding } });
const pool = (count, size) => ({ kind: "pool", shape: [count, size, size], window: { side: 2, stride: 2, padding: 0 } });
const same = (kind, shape) => ({ kind, shape, window: null });
const list = (kind, n) => same(kind, [n]);

// conv 5×5, BatchNorm, ReLU, pool, conv 3×3 with padding, pool, flatten, dropout, logits, probabilities
const DEEP = [
  conv(4, 24, 5), same("batchnorm", [4, 24, 24]), same("relu", [4, 24, 24]), pool(4, 12), conv(6, 12, 3, 1), pool(6, 6),
  list("flatten", 216), list("dropout", 216), list("linear", 10), list("softmax", 10),
];
const FLAT = [list("flatten", 784), list("linear", 128), list("relu", 128), list("linear", 10), list("softmax", 10)];

test("the receptive field of a cell of the first convolution is its window", () => {
  assert.deepEqual(receptiveField(DEEP, 0, 2, [3, 7]).picture, { maps: null, rows: [3, 7], columns: [7, 11] });
  assert.deepEqual(receptiveField(DEEP, 2, 2, [3, 7]).picture, { maps: null, rows: [3, 7], columns: [7, 11] });
});

test("receptive fields grow from layer to layer and end at the edge of the input", () => {
  assert.deepEqual(receptiveField(DEEP, 3, 0, [2, 2]).picture.rows, [4, 9]);
  assert.deepEqual(receptiveField(DEEP, 4, 0, [2, 2]).picture.rows, [2, 11]);
  assert.deepEqual(receptiveField(DEEP, 4, 0, [0, 11]).picture, { maps: null, rows: [0, 7], columns: [20, 27] });
});

test("a flattened number has the receptive field of its cell, a score that of the whole input", () => {
  const place = 5 * 36 + 2 * 6 + 3;
  const { picture, layers } = receptiveField(DEEP, 6, place);
  assert.deepEqual(layers[5], { maps: [5], rows: [2, 2], columns: [3, 3] });
  assert.deepEqual(layers[3], { maps: null, rows: [3, 6], columns: [5, 8] });
  assert.deepEqual(picture, receptiveField(DEEP, 5, 5, [2, 3]).picture);
  assert.deepEqual(receptiveField(DEEP, 9, 3).picture, { maps: null, rows: [0, 27], columns: [0, 27] });
  assert.deepEqual(receptiveField(FLAT, 0, 30).picture, { maps: [0], rows: [1, 1], columns: [2, 2] });
  assert.deepEqual(receptiveField(FLAT, 2, 30).picture.rows, [0, 27]);
});

test("a pixel's projective field contains a cell exactly if the cell's receptive field contains the pixel", () => {
  for (const [y, x] of [[0, 0], [13, 5], [27, 27], [26, 1]]) {
    const regions = projectiveField(DEEP, [y, x]);
    DEEP.slice(0, 6).forEach(({ shape: [, height, width] }, at) => {
      for (let row = 0; row < height; row += 1) {
        for (let column = 0; column < width; column += 1) {
          const { rows, columns } = receptiveField(DEEP, at, 0, [row, column]).picture;
          const inField = y >= rows[0] && y <= rows[1] && x >= columns[0] && x <= columns[1];
          const region = regions[at];
          const depends = region !== null && row >= region.rows[0] && row <= region.rows[1]
            && column >= region.columns[0] && column <= region.columns[1];
          assert.equal(depends, inField, `layer ${at}, cell ${row} ${column}, pixel ${y} ${x}`);
        }
      }
    });
  }
});

test("a pixel's projective field contains a flattened cell of every map, and all scores", () => {
  const regions = projectiveField(DEEP, [0, 0]);
  assert.deepEqual(regions[6].maps, [0, 36, 72, 108, 144, 180]);
  assert.equal(regions[8].maps, null);
  assert.deepEqual(projectiveField(FLAT, [2, 3])[0].maps, [59]);
});

test("a pixel that no pooling window contains has an empty projective field behind the pooling", () => {
  const odd = [conv(1, 11, 18), pool(1, 5), list("flatten", 25), list("linear", 10)];
  assert.notEqual(projectiveField(odd, [27, 27])[0], null);
  assert.deepEqual(projectiveField(odd, [27, 27]).slice(1), [null, null, null]);
});
