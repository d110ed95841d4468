// Computes receptive fields from the shapes of layers: the inputs of a cell, and the cells that depend on a pixel.
//
// A region of a layer is { maps, rows, columns }: indices of maps, or null for all; in each map the first and last row
// and column. A vector of n numbers is n maps of one cell. A region that is null is empty.
import { mapShape } from "../lib/decode.js";

const INPUT_SHAPE = [1, 28, 28];
const SINGLE = [0, 0]; // the only row or column of a vector

const wholeLayer = (shape) => {
  const { height, width } = mapShape(shape);
  return { maps: null, rows: [0, height - 1], columns: [0, width - 1] };
};

// The first and last input of the windows of outputs first…last, clamped to `size` inputs.
const inputRange = ([first, last], { side, stride, padding }, size) => [
  Math.max(0, first * stride - padding),
  Math.min(size - 1, last * stride - padding + side - 1),
];

// The first and last of `size` outputs whose window contains one of the inputs first…last.
const outputRange = ([first, last], { side, stride, padding }, size) => [
  Math.max(0, Math.ceil((first + padding - side + 1) / stride)),
  Math.min(size - 1, Math.floor((last + padding) / stride)),
];

const isEmpty = ({ rows, columns }) => rows[0] > rows[1] || columns[0] > columns[1];

// Returns the maps of flattened indices, and the smallest rectangle that contains their cells.
function unflattenRegion(indices, inputShape) {
  const { height, width } = mapShape(inputShape);
  if (indices === null) return wholeLayer(inputShape);
  const range = (values) => [Math.min(...values), Math.max(...values)];
  return {
    maps: [...new Set(indices.map((i) => Math.floor(i / (height * width))))],
    rows: range(indices.map((i) => Math.floor(i / width) % height)),
    columns: range(indices.map((i) => i % width)),
  };
}

// Returns the flattened indices of a rectangle in every map.
function flattenRegion({ rows, columns }, inputShape) {
  const { count, height, width } = mapShape(inputShape);
  const maps = [];
  for (let map = 0; map < count; map += 1) {
    for (let y = rows[0]; y <= rows[1]; y += 1) {
      for (let x = columns[0]; x <= columns[1]; x += 1) maps.push((map * height + y) * width + x);
    }
  }
  return { maps, rows: SINGLE, columns: SINGLE };
}

// The region of a layer's input that a region of its output is computed from.
function inputRegion(layer, region, inputShape) {
  const { height, width } = mapShape(inputShape);
  if (layer.kind === "conv" || layer.kind === "pool") {
    return {
      maps: layer.kind === "conv" ? null : region.maps,
      rows: inputRange(region.rows, layer.window, height),
      columns: inputRange(region.columns, layer.window, width),
    };
  }
  if (layer.kind === "flatten") return unflattenRegion(region.maps, inputShape);
  return layer.kind === "linear" || layer.kind === "softmax" ? wholeLayer(inputShape) : region;
}

// The region of a layer's output that depends on a region of its input.
function outputRegion(layer, region, inputShape) {
  if (region === null) return null;
  if (layer.kind === "conv" || layer.kind === "pool") {
    const { height, width } = mapShape(layer.shape);
    const next = {
      maps: layer.kind === "conv" ? null : region.maps,
      rows: outputRange(region.rows, layer.window, height),
      columns: outputRange(region.columns, layer.window, width),
    };
    return isEmpty(next) ? null : next;
  }
  if (layer.kind === "flatten") return flattenRegion(region, inputShape);
  return layer.kind === "linear" || layer.kind === "softmax" ? wholeLayer(layer.shape) : region;
}

const inputShapeOf = (layers, i) => (i > 0 ? layers[i - 1].shape : INPUT_SHAPE);

// Returns the receptive field of the cell [y, x] of a map of layers[at]: { picture, layers }, the region of the 28×28
// input and the region of each layer before layers[at].
export function receptiveField(layers, at, map, [y, x] = SINGLE) {
  const regions = [];
  let region = { maps: [map], rows: [y, y], columns: [x, x] };
  for (let i = at; i >= 0; i -= 1) {
    region = inputRegion(layers[i], region, inputShapeOf(layers, i));
    if (i > 0) regions[i - 1] = region;
  }
  return { picture: region, layers: regions };
}

// Returns the projective field of the pixel [y, x]: for each layer the region that depends on it, or null.
export function projectiveField(layers, [y, x]) {
  let region = { maps: null, rows: [y, y], columns: [x, x] };
  return layers.map((layer, i) => {
    region = outputRegion(layer, region, inputShapeOf(layers, i));
    return region;
  });
}
