// Exports a prediction and the activations of all layers as JSON and as CSV.
import { decodeBytes, decodeLayer, valueAt } from "../lib/decode.js";

const round = (value) => Number(value.toFixed(5)); // finer than the 256 levels of a byte
const rowsOf = (values, width) =>
  Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));

function layerValues(encoded) {
  const layer = decodeLayer(encoded);
  return Array.from(layer.bytes, (_, i) => round(valueAt(layer, i)));
}

const inputValues = ({ data }) => Array.from(decodeBytes(data), (byte) => round(byte / 255));

// Values are nested as in the shape: maps of rows of numbers, or one vector.
export function toJson(prediction, { title, note }) {
  const { digit, sure, probabilities, model, input, layers } = prediction;
  const nested = ({ shape }, values) =>
    shape.length === 1 ? values : rowsOf(rowsOf(values, shape.at(-1)), shape.at(-2)).slice(0, shape[0]);
  return JSON.stringify({
    model, title, digit, sure, probabilities, note,
    input: rowsOf(inputValues(input), input.shape[1]),
    layers: layers.map((layer) => {
      const { name, kind, shape, low, high } = layer;
      return { name, kind, shape, low, high, values: nested(layer, layerValues(layer)) };
    }),
  });
}

// One line a number; indices count from 0.
export function toCsv({ input, layers, probabilities }) {
  const lines = ["layer,map,row,column,value"];
  const add = (name, shape, values) => {
    const [height, width] = shape.length === 3 ? shape.slice(1) : [1, 1];
    values.forEach((value, i) => {
      const [map, rest] = [Math.floor(i / (height * width)), i % (height * width)];
      lines.push(`${name},${map},${Math.floor(rest / width)},${rest % width},${value}`);
    });
  };
  add("input", [1, ...input.shape], inputValues(input));
  // The probabilities are exact in the prediction; in their layer they have 256 levels.
  for (const layer of layers) {
    add(layer.name, layer.shape, layer.name === "probabilities" ? probabilities : layerValues(layer));
  }
  return `${lines.join("\n")}\n`;
}
