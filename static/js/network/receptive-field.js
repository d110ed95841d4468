// What a cell saw, back to the 28×28 picture, and what depends on one of its pixels. Geometry only: no weight is asked.
//
// A region of a layer is { maps, rows, columns }: the numbers of the maps concerned, or null for all of them, and in
// each the first and the last row and column. A list of n numbers is n maps of one cell. null is no region at all.
import { mapShape } from "../lib/decode.js";

const PICTURE = [1, 28, 28];
const ALONE = [0, 0];

const everything = (shape) => {
  const { height, width } = mapShape(shape);
  return { maps: null, rows: [0, height - 1], columns: [0, width - 1] };
};

// The first and last cell that windows over cells first…last begin and end with, kept inside the `size` cells below.
const seen = ([first, last], { side, stride, padding }, size) => [
  Math.max(0, first * stride - padding),
  Math.min(size - 1, last * stride - padding + side - 1),
];

// The first and last window, of `size`, that covers any of the cells first…last below.
const reached = ([first, last], { side, stride, padding }, size) => [
  Math.max(0, Math.ceil((first + padding - side + 1) / stride)),
  Math.min(size - 1, Math.floor((last + padding) / stride)),
];

const isEmpty = ({ rows, columns }) => rows[0] > rows[1] || columns[0] > columns[1];

// Which cells of the maps that are flattened stand at these places of the list; their smallest rectangle.
function unflattened(maps, below) {
  const { height, width } = mapShape(below);
  if (maps === null) return everything(below);
  const of = (place) => maps.map(place);
  const range = (all) => [Math.min(...all), Math.max(...all)];
  return {
    maps: [...new Set(of((i) => Math.floor(i / (height * width))))],
    rows: range(of((i) => Math.floor(i / width) % height)),
    columns: range(of((i) => i % width)),
  };
}

// The places in the list of a rectangle that lies in each of the maps.
function flattened({ rows, columns }, below) {
  const { count, height, width } = mapShape(below);
  const maps = [];
  for (let map = 0; map < count; map += 1) {
    for (let y = rows[0]; y <= rows[1]; y += 1) {
      for (let x = columns[0]; x <= columns[1]; x += 1) maps.push((map * height + y) * width + x);
    }
  }
  return { maps, rows: ALONE, columns: ALONE };
}

function before(layer, region, below) {
  const { height, width } = mapShape(below);
  if (layer.kind === "conv" || layer.kind === "pool") {
    return {
      maps: layer.kind === "conv" ? null : region.maps,
      rows: seen(region.rows, layer.window, height),
      columns: seen(region.columns, layer.window, width),
    };
  }
  if (layer.kind === "flatten") return unflattened(region.maps, below);
  return layer.kind === "linear" || layer.kind === "softmax" ? everything(below) : region;
}

function after(layer, region, below) {
  if (region === null) return null;
  if (layer.kind === "conv" || layer.kind === "pool") {
    const { height, width } = mapShape(layer.shape);
    const next = {
      maps: layer.kind === "conv" ? null : region.maps,
      rows: reached(region.rows, layer.window, height),
      columns: reached(region.columns, layer.window, width),
    };
    return isEmpty(next) ? null : next;
  }
  if (layer.kind === "flatten") return flattened(region, below);
  return layer.kind === "linear" || layer.kind === "softmax" ? everything(layer.shape) : region;
}

const shapeBelow = (layers, i) => (i > 0 ? layers[i - 1].shape : PICTURE);

// What the cell [y, x] of a map of layers[at] saw: → { picture, layers }, regions of the picture and of each layer below.
export function seenBy(layers, at, map, [y, x] = ALONE) {
  const regions = [];
  let region = { maps: [map], rows: [y, y], columns: [x, x] };
  for (let i = at; i >= 0; i -= 1) {
    region = before(layers[i], region, shapeBelow(layers, i));
    if (i > 0) regions[i - 1] = region;
  }
  return { picture: region, layers: regions };
}

// What depends on the pixel [y, x] of the picture: → a region or null for each layer.
export function dependingOn(layers, [y, x]) {
  let region = { maps: null, rows: [y, y], columns: [x, x] };
  return layers.map((layer, i) => {
    region = after(layer, region, shapeBelow(layers, i));
    return region;
  });
}
