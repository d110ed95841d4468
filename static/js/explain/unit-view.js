// Explains one number of a vector: a flattened number, a linear unit, a score or a probability.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { button, make, resizeChildren } from "../lib/dom.js";
import { createBigMap } from "./big-map.js";
import { cellName, mapName, mapsBeforeFlatten } from "./labels.js";
import { tint } from "./map-painting.js";
import { createWeightedSum } from "./weighted-sum.js";
import { createNextLayers, elementwiseText } from "./next-layers.js";
import { productParts, softmaxSteps, unflattenIndex } from "./layer-math.js";

// Shows the map and the cell that a flattened number was copied from.
function createFlattenSource({ getTheme, format, layers, open, point }) {
  const result = make("p.total");
  let explanation = null;
  const map = createBigMap({
    getTheme, format, opensOnArrow: false,
    onPoint: (cell) => point(cell, explanation.input.layer, explanation.input.first),
    onOpen(cell) {
      const { layer, first } = explanation.input;
      if (layer !== "normalize") open(layer, first, cell);
    },
  });
  return {
    root: make("div.products", {}, result, map.root),
    focus: map.focus,
    show(nextExplanation) {
      explanation = nextExplanation;
      const { input, output } = explanation;
      const name = mapName(layers(), input.layer, input.first);
      const { cell } = unflattenIndex(explanation.map, input.shape);
      const values = { n: explanation.map + 1, cell: cellName(cell), name, value: format(output.values[0]) };
      result.textContent = t("explain.flattened", values);
      result.dataset.value = input.values[cell[0] * input.shape[2] + cell[1]];
      const { values: inputValues, shape } = input;
      map.show({ values: inputValues, shape: shape.slice(1), limit: maxAbsolute(inputValues), cell, label: name });
    },
  };
}

// Shows the softmax of all ten scores as a table, a column for each step.
function createSoftmax({ format, getTheme }) {
  const head = ["digit", "score", "divided", "raised", "share"]
    .map((name) => make("th", { scope: "col" }, t(`explain.softmax.${name}`)));
  const table = make("table.softmax", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody"));
  const result = make("p.total");
  const note = make("p.note");
  return {
    root: make("div.products", {}, result, note, table),
    show({ input, temperature, map }) {
      const steps = softmaxSteps(input.values, temperature);
      result.textContent = t("explain.softmax.said", {
        raised: format(steps.raised[map]), total: format(steps.total), share: format(steps.shares[map]),
      });
      result.dataset.value = steps.shares[map];
      note.textContent = t("explain.softmax.note", { temperature: format(temperature) });
      resizeChildren(table.tBodies[0], 10, () => make("tr", {}, make("th", { scope: "row" }))).forEach((row, digit) => {
        row.classList.toggle("own", digit === map);
        row.firstChild.textContent = digit;
        const numbers = [input.values[digit], steps.divided[digit], steps.raised[digit], steps.shares[digit]];
        while (row.children.length < head.length) row.append(make("td"));
        numbers.forEach((value, i) => { row.children[i + 1].textContent = format(value); });
        tint(row.lastChild, steps.shares[digit], 1, getTheme());
      });
    },
  };
}

// Shows the formula of an elementwise layer, and a button that opens the number it came from.
function createElementwise({ format, layers, open }) {
  const formula = make("p.total");
  const note = make("p.note");
  const source = button("from", {}, () => open(source.dataset.layer, Number(source.dataset.map)));
  return {
    root: make("div.products", {}, formula, note, make("p", {}, source)),
    show(explanation) {
      const { input, output, kind, rate } = explanation;
      formula.textContent = elementwiseText(explanation, input.values[0], format);
      formula.dataset.value = output.values[0];
      note.textContent = t(`explain.one.${kind}`, { percent: Math.round(100 * (rate ?? 0)) });
      Object.assign(source.dataset, { layer: input.layer, map: input.first });
      source.textContent = t("explain.open", { name: mapName(layers(), input.layer, input.first) });
    },
  };
}

// Shows the weighted sum of a linear unit, its inputs grouped by the map they came from.
function createLinear(context) {
  const { layers } = context;
  const sum = createWeightedSum(context);
  return {
    root: sum.root,
    show(explanation) {
      const at = layers().findIndex(({ name }) => name === explanation.layer);
      const maps = mapsBeforeFlatten(layers(), at);
      sum.show({
        parts: productParts(explanation, null, maps?.shape),
        bias: explanation.bias,
        output: explanation.output.values[0],
        partName: (map) => mapName(layers(), maps?.layer ?? explanation.input.layer, map),
      });
    },
  };
}

const COMPUTATIONS = { linear: createLinear, flatten: createFlattenSource, softmax: createSoftmax };

export function createUnitView(context) {
  const { getTheme, format, open, kind } = context;
  let map = 0;
  const value = make("p.value", { tabindex: -1 });
  const sentence = make("p.said");
  const computation = (COMPUTATIONS[kind] ?? createElementwise)(context);
  const nextLayers = createNextLayers({ format, onOpen: (layer) => open(layer, map) });
  computation.root.querySelector(".total").after(nextLayers.root);
  const root = make("div.view.unit", {},
    make("div.stage", {}, value, sentence), make("div.making", {}, computation.root));

  return {
    root,
    focus: computation.focus ?? (() => value.focus({ preventScroll: true })),
    mark() {}, // a single number has no region to mark
    show(explanation) {
      const { input, output } = explanation;
      const [number] = output.values;
      map = explanation.map;
      value.textContent = format(number);
      tint(value, number, kind === "softmax" ? 1 : maxAbsolute([...input.values, number]), getTheme());
      sentence.textContent = t(`explain.unit.${kind}`, { n: input.values.length, below: input.layer });
      computation.show(explanation);
      nextLayers.show(explanation.after, number, 0);
    },
  };
}
