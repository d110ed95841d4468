// Explains one cell of a map: its receptive field in the input maps, and how its number is computed.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createBigMap } from "./big-map.js";
import { cellName, mapName } from "./labels.js";
import { createWeightedSum } from "./weighted-sum.js";
import { createNextLayers, elementwiseText } from "./next-layers.js";
import { indexOfMax, patchAt, productParts } from "./layer-math.js";
import { fillNumberTable } from "./product-table.js";

// The window of a pooling, its largest number marked.
function createPoolWindow({ getTheme, format }) {
  const table = make("table", {}, make("caption", {}, t("explain.values")), make("tbody"));
  const result = make("p.total");
  return {
    root: make("div.products", {}, result, table),
    show({ input, window }, cell) {
      const patch = patchAt(input.values, input.shape.slice(1), window, cell);
      const best = indexOfMax(patch);
      fillNumberTable(table, patch, patch.values, maxAbsolute(input.values), { getTheme, format });
      [...table.querySelectorAll("td")].forEach((each, i) => each.classList.toggle("largest", i === best));
      result.textContent = t("explain.largest", {
        n: patch.inside.filter(Boolean).length, value: format(patch.values[best]),
        cell: cellName([patch.top + Math.floor(best / patch.width), patch.left + (best % patch.width)]),
      });
      result.dataset.value = patch.values[best];
      return patch;
    },
  };
}

// A formula with one number in and one number out: batch normalization, ReLU, dropout.
function createElementwise({ format }) {
  const formula = make("p.total");
  const note = make("p.note");
  return {
    root: make("div.products", {}, formula, note),
    show(explanation, index) {
      const { kind, input, output, rate } = explanation;
      formula.textContent = elementwiseText(explanation, input.values[index], format);
      formula.dataset.value = output.values[index];
      note.textContent = t(`explain.one.${kind}`, { percent: Math.round(100 * (rate ?? 0)) });
    },
  };
}

export function createCellView(context) {
  const { getTheme, format, layers, open, openCell, point, kind } = context;
  let explanation = null;
  let cell = null;
  let shownInput = 0; // index of the input map that is shown
  const inputMap = () => explanation.input.first + shownInput;
  const input = createBigMap({
    onPoint: (at) => point(at, explanation.input.layer, inputMap()), getTheme, format, opensOnArrow: false,
    onOpen: () => { if (explanation.input.layer !== "normalize") open(explanation.input.layer, inputMap()); },
  });
  const output = createBigMap({ onPoint: point, onOpen: openCell, getTheme, format, opensOnArrow: true });
  const [inputTitle, outputTitle] = [make("h3"), make("h3")];
  const computation = {
    conv: () => createWeightedSum({ ...context, onChoose: showInput }), pool: () => createPoolWindow(context),
  }[kind]?.() ?? createElementwise(context);
  const nextLayers = createNextLayers({ format, onOpen: (layer) => open(layer, explanation.map, cell) });
  computation.root.querySelector(".total").after(nextLayers.root);
  const root = make("div.view.cell", {},
    make("div.stage.two", {}, make("div", {}, outputTitle, output.root), make("div", {}, inputTitle, input.root)),
    make("div.making", {}, computation.root, make("p.hint", {}, t("explain.hintCell"))));

  // Shows an input map with the window of the cell.
  function showInput({ map, top, left, height, width }) {
    shownInput = map;
    const [, rows, columns] = explanation.input.shape;
    const values = explanation.input.values.subarray(map * rows * columns, (map + 1) * rows * columns);
    const clamp = (at, size) => Math.min(size - 1, Math.max(0, at));
    const label = mapName(layers(), explanation.input.layer, inputMap());
    inputTitle.textContent = label;
    input.show({ values, shape: [rows, columns], limit: maxAbsolute(explanation.input.values), cell: null, label });
    input.mark({
      rows: [clamp(top, rows), clamp(top + height - 1, rows)],
      columns: [clamp(left, columns), clamp(left + width - 1, columns)],
    });
  }

  function showComputation(index) {
    if (kind === "conv") {
      computation.show({
        parts: productParts(explanation, cell), bias: explanation.bias, output: explanation.output.values[index],
        partName: (map) => mapName(layers(), explanation.input.layer, map),
      });
    } else if (kind === "pool") {
      showInput({ map: 0, ...computation.show(explanation, cell) });
    } else {
      computation.show(explanation, index);
      showInput({ map: 0, top: cell[0], left: cell[1], height: 1, width: 1 });
    }
  }

  return {
    root,
    focus: output.focus,
    mark: output.mark,
    show(nextExplanation, nextCell) {
      [explanation, cell] = [nextExplanation, nextCell];
      const { shape, values } = explanation.output;
      const index = cell[0] * shape[1] + cell[1];
      const name = mapName(layers(), explanation.layer, explanation.map);
      outputTitle.textContent = name;
      const label = t("explain.cellLabel", { name, cell: cellName(cell) });
      output.show({ values, shape, limit: maxAbsolute(values), cell, label });
      showComputation(index);
      nextLayers.show(explanation.after, values[index], index);
    },
  };
}
