// What each layer does, in plain words made specific with its numbers; and what is said of a sheet's digits.
import { count, has, t } from "../lib/i18n.js";

const times = (sizes) => sizes.map(count).join("\u00a0×\u00a0"); // never broken over two lines

// A number as it is read: with a true minus sign, and none before zero.
export const written = (text) => text.replace("-", Number(text) === 0 ? "" : "−");

// Two decimals at most.
export function signed(value) {
  const size = Math.abs(value);
  return written(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2));
}

export function shapeText({ shape, kind }) {
  if (shape.length === 3) return t("layer.maps", { count: count(shape[0]), size: shape.slice(1).join(" × ") });
  return t(kind === "linear" || kind === "softmax" ? "layer.units" : "layer.numbers", { count: count(shape[0]) });
}

export function parameterText(parameters) {
  if (parameters === 0) return t("layer.nothing_to_learn");
  return t(parameters === 1 ? "layer.parameter" : "layer.parameters", { count: count(parameters) });
}

const square = ({ side }) => times([side, side]);

// Each kind's text and the numbers in it; `before` is the shape that comes in.
const SENTENCES = {
  conv: ({ shape, window }, [inputs]) => [
    inputs === 1 ? "conv_picture" : "conv", { count: count(shape[0]), window: square(window), inputs: count(inputs) },
  ],
  batchnorm: ({ shape }) => ["batchnorm", { count: count(shape[0]) }],
  relu: ({ shape }) => [shape.length === 3 ? "relu_maps" : "relu_units", { count: count(shape[0]) }],
  pool: ({ shape, window }, before) => [
    "pool", { window: square(window), before: times(before.slice(1)), after: times(shape.slice(1)) },
  ],
  flatten: ({ shape }, before) => [
    before[0] === 1 ? "flatten_picture" : "flatten_maps",
    { before: times(before[0] === 1 ? before.slice(1) : before), count: count(shape[0]) },
  ],
  linear: ({ name, shape }, before) => [
    name === "logits" ? "logits" : "linear", { count: count(shape[0]), inputs: count(before.reduce((a, b) => a * b, 1)) },
  ],
  dropout: ({ shape }) => ["dropout", { count: count(shape[0]) }],
  softmax: ({ temperature }) => ["softmax", { temperature: temperature.toFixed(2) }],
};

export function sentence(layer, before) {
  const write = SENTENCES[layer.kind];
  if (!write) return "";
  const [text, values] = write(layer, before);
  return t(`layer.${text}`, values);
}

// Layers grouped as the eye should see them: each convolution opens a block; the list and the answer are blocks too.
export function blocks(layers) {
  const groups = [];
  layers.forEach((layer, i) => {
    const starts = i === 0 || layer.kind === "conv" || layer.kind === "flatten" || layer.name === "logits";
    if (starts) groups.push([]);
    groups.at(-1).push(layer);
  });
  return groups;
}

// How many digits a sheet has, and how many of them unsure; `key` may have a place for what was read, too.
export function countText(key, { digits, text }) {
  const unsure = digits.filter(({ sure }) => !sure).length;
  return t(unsure ? `${key}_unsure` : key, { count: digits.length, unsure, text: text.split("\n").join(", ") });
}

// A digit of a sheet for those who listen; `at` counts from 0.
export function foundText({ digit, sure }, at) {
  const number = at + 1;
  const place = has(`sheet.place_${number}`) ? t(`sheet.place_${number}`) : t("sheet.place", { number });
  return t(sure ? "sheet.digit" : "sheet.digit_unsure", { place, digit });
}
