// One number of a list: a unit, a score, a share, or a number on its way.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { button, resizeChildren, make } from "../lib/dom.js";
import { createBigMap } from "./big-map.js";
import { cellName, mapsBehind, nameOf } from "./labels.js";
import { tint } from "./map-painting.js";
import { createProducts } from "./weighted-sum.js";
import { createSteps, stepText } from "./next-layers.js";
import { partsOf, shares, unflattened } from "./layer-math.js";

// Which cell of which map became this number.
function createFrom({ getTheme, write, layers, open, point }) {
  const said = make("p.total");
  let told = null;
  const openIt = (cell) => { if (told.input.layer !== "normalize") open(told.input.layer, told.input.first, cell); };
  const big = createBigMap({ onPoint: (cell) => point(cell, told.input.layer, told.input.first), onOpen: openIt, getTheme, write, walking: false });
  return {
    root: make("div.products", {}, said, big.root),
    focus: big.focus,
    show(next) {
      told = next;
      const { input, map, output } = told;
      const name = nameOf(layers(), input.layer, input.first);
      const { cell } = unflattened(map, input.shape);
      said.textContent = t("explain.flattened", { n: map + 1, cell: cellName(cell), name, value: write(output.values[0]) });
      said.dataset.value = input.values[cell[0] * input.shape[2] + cell[1]];
      big.show({ values: input.values, shape: input.shape.slice(1), limit: maxAbsolute(input.values), cell, label: name });
    },
  };
}

// All ten scores on their way to shares.
function createSoftmax({ write, getTheme }) {
  const head = ["digit", "score", "divided", "raised", "share"].map((name) => make("th", { scope: "col" }, t(`explain.softmax.${name}`)));
  const table = make("table.softmax", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody"));
  const said = make("p.total");
  const note = make("p.note");
  return {
    root: make("div.products", {}, said, note, table),
    show({ input, temperature, map }) {
      const ten = shares(input.values, temperature);
      said.textContent = t("explain.softmax.said", { raised: write(ten.raised[map]), total: write(ten.total), share: write(ten.shares[map]) });
      said.dataset.value = ten.shares[map];
      note.textContent = t("explain.softmax.note", { temperature: write(temperature) });
      resizeChildren(table.tBodies[0], 10, () => make("tr", {}, make("th", { scope: "row" }))).forEach((row, digit) => {
        row.classList.toggle("own", digit === map);
        row.firstChild.textContent = digit;
        const numbers = [input.values[digit], ten.divided[digit], ten.raised[digit], ten.shares[digit]];
        while (row.children.length < 5) row.append(make("td"));
        numbers.forEach((value, i) => { row.children[i + 1].textContent = write(value); });
        tint(row.lastChild, ten.shares[digit], 1, getTheme());
      });
    },
  };
}

function createLine({ write, layers, open }) {
  const line = make("p.total");
  const said = make("p.note");
  const source = button("from", {}, () => open(source.dataset.layer, Number(source.dataset.map)));
  return {
    root: make("div.products", {}, line, said, make("p", {}, source)),
    show(told) {
      const { input, output, kind, rate } = told;
      line.textContent = stepText(told, input.values[0], write);
      line.dataset.value = output.values[0];
      said.textContent = t(`explain.one.${kind}`, { percent: Math.round(100 * (rate ?? 0)) });
      Object.assign(source.dataset, { layer: input.layer, map: input.first });
      source.textContent = t("explain.open", { name: nameOf(layers(), input.layer, input.first) });
    },
  };
}

export function createUnitView(context) {
  const { getTheme, write, layers, open, kind } = context;
  let told = null;
  const value = make("p.value", { tabindex: -1 });
  const said = make("p.said");
  const products = kind === "linear" ? createProducts(context) : null;
  const own = products ?? ({ flatten: createFrom, softmax: createSoftmax }[kind] ?? createLine)(context);
  const steps = createSteps({ write, go: (layer) => open(layer, told.map) });
  own.root.querySelector(".total").after(steps.root);
  const root = make("div.view.unit", {}, make("div.stage", {}, value, said), make("div.making", {}, own.root));

  function showProducts() {
    const at = layers().findIndex(({ name }) => name === told.layer);
    const maps = mapsBehind(layers(), at);
    products.show({
      parts: partsOf(told, null, maps?.shape), bias: told.bias, output: told.output.values[0],
      partName: (map) => nameOf(layers(), maps?.layer ?? told.input.layer, map),
    });
  }

  return {
    root,
    focus: own.focus ?? (() => value.focus({ preventScroll: true })),
    mark() {},
    show(next) {
      told = next;
      value.textContent = write(told.output.values[0]);
      tint(value, told.output.values[0], kind === "softmax" ? 1 : maxAbsolute([...told.input.values, told.output.values[0]]), getTheme());
      said.textContent = t(`explain.unit.${kind}`, { n: told.input.values.length, below: told.input.layer });
      if (products) showProducts();
      else own.show(told);
      steps.show(told.after, told.output.values[0], 0);
    },
  };
}
