// A reading as numbers to keep: JSON for a script, CSV for a spreadsheet.
import { decodeBytes, decodeLayer, valueAt } from "../lib/decode.js";

const short = (value) => Number(value.toFixed(5)); // finer than the 256 steps
const rowsOf = (values, width) =>
  Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));

function layerValues(answer) {
  const layer = decodeLayer(answer);
  return Array.from(layer.bytes, (_, i) => short(valueAt(layer, i)));
}

const inputValues = ({ data }) => Array.from(decodeBytes(data), (byte) => short(byte / 255));

// Nested as the shape says: maps of rows of numbers, or one list.
export function toJson(reading, { title, note }) {
  const { digit, sure, probabilities, model, input, layers } = reading;
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

// One line a number; places are counted from 0.
export function toCsv({ input, layers, probabilities }) {
  const lines = ["layer,map,row,column,value"];
  const add = (name, shape, values) => {
    const [height, width] = [shape.length === 3 ? shape[1] : 1, shape.length === 3 ? shape[2] : 1];
    values.forEach((value, i) => {
      const [map, rest] = [Math.floor(i / (height * width)), i % (height * width)];
      lines.push(`${name},${map},${Math.floor(rest / width)},${rest % width},${value}`);
    });
  };
  add("input", [1, ...input.shape], inputValues(input));
  // The ten probabilities are known exactly, not only in 256 steps.
  for (const layer of layers) add(layer.name, layer.shape, layer.name === "probabilities" ? probabilities : layerValues(layer));
  return `${lines.join("\n")}\n`;
}
