// What each layer does, in plain words made specific with its numbers; and what is said of a sheet's digits.
const number = new Intl.NumberFormat("en");
const times = (sizes) => sizes.map((size) => number.format(size)).join("\u00a0×\u00a0"); // never broken over two lines
export const count = (n) => number.format(n);

// Two decimals at most, with a true minus sign.
export function signed(value) {
  const size = Math.abs(value);
  const text = size.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export function shapeText({ shape, kind }) {
  if (shape.length === 3) return `${count(shape[0])} maps of ${shape.slice(1).join(" × ")}`;
  return `${count(shape[0])} ${kind === "linear" || kind === "softmax" ? "units" : "numbers"}`;
}

export function parameterText(parameters) {
  if (parameters === 0) return "nothing to learn";
  return `${count(parameters)} ${parameters === 1 ? "parameter" : "parameters"}`;
}

// Side of a convolution's window, found from its number of weights, with a bias for each filter or without (as before
// BatchNorm); null where neither comes out whole.
export function windowSide(layer, inputs) {
  const each = layer.parameters / layer.shape[0];
  return [each - 1, each].map((weights) => Math.sqrt(weights / inputs)).find(Number.isInteger) ?? null;
}

const SENTENCES = {
  conv(layer, before) {
    const side = windowSide(layer, before[0]);
    const window = side ? `a ${times([side, side])} window` : "a small window";
    const over = before[0] === 1 ? "the picture" : `all ${count(before[0])} maps below`;
    return `Each of its ${count(layer.shape[0])} filters slides ${window} over ${over}: orange where the filter’s pattern is found, blue where its opposite is.`;
  },
  batchnorm: (layer) =>
    `Shifts and stretches each of the ${count(layer.shape[0])} maps to a common scale, so that none drowns out the others.`,
  relu: (layer) =>
    layer.shape.length === 3
      ? "Sets everything below zero to zero: the blue disappears, what was found stays."
      : `Of the ${count(layer.shape[0])} units only those above zero speak; the rest fall silent.`,
  pool(layer, before) {
    const side = Math.floor(before[1] / layer.shape[1]);
    return `Keeps the largest of every ${times([side, side])} numbers: ${times(before.slice(1))} becomes ${times(layer.shape.slice(1))}, and the exact place matters less.`;
  },
  flatten: (layer, before) =>
    before[0] === 1
      ? `The same picture written as one long list: ${times(before.slice(1))} = ${count(layer.shape[0])} numbers.`
      : `All maps written as one long list: ${times(before)} = ${count(layer.shape[0])} numbers.`,
  linear(layer, before) {
    const inputs = count(before.reduce((a, b) => a * b, 1));
    return layer.name === "logits"
      ? `One score for each digit, summed up from all ${inputs} numbers. The highest score wins; these are not yet percentages.`
      : `Each of the ${count(layer.shape[0])} units weighs all ${inputs} numbers in its own way and adds them up.`;
  },
  dropout: (layer) =>
    `In training some of the ${count(layer.shape[0])} numbers are switched off at random, so that none is indispensable. When reading, all pass.`,
  softmax: ({ temperature }) =>
    `The ten scores, divided by a temperature of ${temperature.toFixed(2)} so that they claim no more than they know, turned into ten shares that add up to 100 %: the bars beside the digit.`,
};

// `before` is the shape that comes in.
export function sentence(layer, before) {
  const write = SENTENCES[layer.kind];
  return write ? write(layer, before) : "";
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

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

// A digit of a sheet for those who listen; `at` counts from 0.
export function foundText({ digit, sure }, at) {
  const which = at < ORDINALS.length ? `${ORDINALS[at]} digit` : `digit number ${at + 1}`;
  return `${which}: ${digit}${sure ? "" : ", unsure"}`;
}
