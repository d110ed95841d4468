// Describes each layer in one sentence, with the numbers of the chosen network.
import { count, t } from "../lib/i18n.js";

// The layers that show the prediction. They stay empty while the prediction is hidden; their cells are the ten digits.
export const OUTPUT_LAYERS = new Set(["logits", "probabilities"]);

const times = (sizes) => sizes.map(count).join("\u00a0×\u00a0"); // no line break inside

export function shapeText({ shape, kind }) {
  if (shape.length === 3) return t("layer.maps", { count: count(shape[0]), size: shape.slice(1).join(" × ") });
  return t(kind === "linear" || kind === "softmax" ? "layer.units" : "layer.numbers", { count: count(shape[0]) });
}

export function parameterText(parameters) {
  if (parameters === 0) return t("layer.nothing_to_learn");
  return t(parameters === 1 ? "layer.parameter" : "layer.parameters", { count: count(parameters) });
}

const square = ({ side }) => times([side, side]);

// For each kind of layer: the key of its sentence and the numbers in it.
const SENTENCES = {
  conv: ({ shape, window }, [inputs]) => [
    inputs === 1 ? "conv_picture" : "conv", { count: count(shape[0]), window: square(window), inputs: count(inputs) },
  ],
  batchnorm: ({ shape }) => ["batchnorm", { count: count(shape[0]) }],
  relu: ({ shape }) => [shape.length === 3 ? "relu_maps" : "relu_units", { count: count(shape[0]) }],
  pool: ({ shape, window }, inputShape) => [
    "pool", { window: square(window), before: times(inputShape.slice(1)), after: times(shape.slice(1)) },
  ],
  flatten: ({ shape }, inputShape) => [
    inputShape[0] === 1 ? "flatten_picture" : "flatten_maps",
    { before: times(inputShape[0] === 1 ? inputShape.slice(1) : inputShape), count: count(shape[0]) },
  ],
  linear: ({ name, shape }, inputShape) => [
    name === "logits" ? "logits" : "linear",
    { count: count(shape[0]), inputs: count(inputShape.reduce((a, b) => a * b, 1)) },
  ],
  dropout: ({ shape }) => ["dropout", { count: count(shape[0]) }],
  softmax: ({ temperature }) => ["softmax", { temperature: temperature.toFixed(2) }],
};

export function layerSentence(layer, inputShape) {
  const describe = SENTENCES[layer.kind];
  if (!describe) return "";
  const [key, values] = describe(layer, inputShape);
  return t(`layer.${key}`, values);
}

// Groups layers into blocks. Each convolution starts one, and so do the flattened vector and the scores.
export function groupIntoBlocks(layers) {
  const groups = [];
  layers.forEach((layer, i) => {
    const startsBlock = i === 0 || layer.kind === "conv" || layer.kind === "flatten" || layer.name === "logits";
    if (startsBlock) groups.push([]);
    groups.at(-1).push(layer);
  });
  return groups;
}
