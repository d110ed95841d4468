// A cell of a map: what it saw of the maps below, and how its number came about.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createBigMap } from "./big-map.js";
import { cellName, nameOf } from "./labels.js";
import { createProducts } from "./weighted-sum.js";
import { createSteps, stepText } from "./next-layers.js";
import { largest, partsOf, patchOf } from "./layer-math.js";
import { paintTable } from "./product-table.js";

// A pooling's window, its largest number marked.
function createWindow({ getTheme, write }) {
  const table = make("table", {}, make("caption", {}, t("explain.values")), make("tbody"));
  const said = make("p.total");
  return {
    root: make("div.products", {}, said, table),
    show(told, cell, input) {
      const patch = patchOf(told.input.values, told.input.shape.slice(1), told.window, cell);
      const best = largest(patch);
      paintTable(table, patch, patch.values, maxAbsolute(input), { getTheme, write });
      [...table.querySelectorAll("td")].forEach((each, i) => each.classList.toggle("largest", i === best));
      said.textContent = t("explain.largest", {
        n: patch.inside.filter(Boolean).length, value: write(patch.values[best]),
        cell: cellName([patch.top + Math.floor(best / patch.width), patch.left + (best % patch.width)]),
      });
      said.dataset.value = patch.values[best];
    },
  };
}

// One number in, one number out.
function createOne({ write }) {
  const line = make("p.total");
  const said = make("p.note");
  return {
    root: make("div.products", {}, line, said),
    show(told, i) {
      const x = told.input.values[i];
      line.textContent = stepText(told, x, write);
      line.dataset.value = told.output.values[i];
      said.textContent = t(`explain.one.${told.kind}`, { percent: Math.round(100 * (told.rate ?? 0)) });
    },
  };
}

export function createCellView(context) {
  const { getTheme, write, layers, open, openCell, point, kind } = context;
  let told = null;
  let cell = null;
  let from = 0; // the map of the layer below that is shown
  const input = createBigMap({
    onPoint: (at) => point(at, told.input.layer, told.input.first + from), getTheme, write, walking: false,
    onOpen: () => { if (told.input.layer !== "normalize") open(told.input.layer, told.input.first + from); },
  });
  const output = createBigMap({ onPoint: point, onOpen: openCell, getTheme, write, walking: true });
  const names = [make("h3"), make("h3")];
  const own = {
    conv: () => createProducts({ ...context, onChoose: showInput }), pool: () => createWindow(context),
  }[kind]?.() ?? createOne(context);
  const steps = createSteps({ write, go: (layer) => open(layer, told.map, cell) });
  own.root.querySelector(".total").after(steps.root);
  const root = make("div.view.cell", {},
    make("div.stage.two", {}, make("div", {}, names[1], output.root), make("div", {}, names[0], input.root)),
    make("div.making", {}, own.root, make("p.hint", {}, t("explain.hintCell"))));

  // The map that the numbers come from, with what the cell saw of it.
  function showInput({ map, top, left, height, width }) {
    from = map;
    const [, rows, columns] = told.input.shape;
    const values = told.input.values.subarray(map * rows * columns, (map + 1) * rows * columns);
    const clamp = (at, most) => Math.min(most - 1, Math.max(0, at));
    names[0].textContent = nameOf(layers(), told.input.layer, told.input.first + map);
    input.show({ values, shape: [rows, columns], limit: maxAbsolute(told.input.values), cell: null, label: names[0].textContent });
    input.mark({
      rows: [clamp(top, rows), clamp(top + height - 1, rows)], columns: [clamp(left, columns), clamp(left + width - 1, columns)],
    });
  }

  return {
    root,
    focus: output.focus,
    mark: output.mark,
    show(next, at) {
      [told, cell] = [next, at];
      const { shape, values } = told.output;
      const place = cell[0] * shape[1] + cell[1];
      const name = nameOf(layers(), told.layer, told.map);
      names[1].textContent = name;
      output.show({ values, shape, limit: maxAbsolute(values), cell, label: t("explain.cellLabel", { name, cell: cellName(cell) }) });
      if (kind === "conv") {
        own.show({
          parts: partsOf(told, cell), bias: told.bias, output: values[place],
          partName: (map) => nameOf(layers(), told.input.layer, map),
        });
      } else if (kind === "pool") {
        own.show(told, cell, told.input.values);
        showInput({ map: 0, ...patchOf(told.input.values, told.input.shape.slice(1), told.window, cell) });
      } else {
        own.show(told, place);
        showInput({ map: 0, top: cell[0], left: cell[1], height: 1, width: 1 });
      }
      steps.show(told.after, values[place], place);
    },
  };
}
