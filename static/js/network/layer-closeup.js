// The layer that is chosen in the tower, its maps as large as the place allows.
import { fitGrid } from "../lib/grid-layout.js";
import { t } from "../lib/i18n.js";
import { buildMarks, hasMarks, paintMarks } from "./layer-view.js";
import { attachLooking, named } from "./map-navigation.js";
import { createMaps } from "./map-canvas.js";
import { shapeText } from "./layer-text.js";

const LARGEST = 120; // px, of a map
const LARGEST_CELL = 44; // px, of a number

function plan({ count, height, width }, across, down, ratio) {
  return fitGrid(count, height, width, { across, down, most: (height === 1 ? LARGEST_CELL : LARGEST) * ratio }, ratio);
}

export function createCloseup(root, { zoom, onOpen, onPoint }) {
  const element = root.querySelector(".maps");
  const view = createMaps(element);
  const marks = buildMarks();
  let layer = null;
  element.after(marks);

  attachLooking(element, {
    get count() { return layer?.count ?? 0; },
    get columns() { return view.columns; },
    cellUnder: view.cellUnder,
    enlarge: (i) => layer.enlarge(i, view),
  }, { zoom, ...named(() => layer.spec.name, { onOpen, onPoint }) });

  function layOut() {
    if (!layer) return;
    view.layOut(layer, plan);
    marks.style.setProperty("--across", view.width);
  }

  function paint() {
    view.paint();
    if (layer && !marks.hidden) paintMarks(marks, layer.numbers);
  }

  return {
    element,
    get layer() { return layer; },
    layOut,
    paint,
    mark: view.mark,
    show(next) {
      if (next === layer) return;
      layer = next;
      marks.hidden = !hasMarks(layer.spec);
      element.setAttribute("aria-label", t("tower.large", { name: layer.spec.name, shape: shapeText(layer.spec) }));
      element.setAttribute("aria-valuemin", 1);
      element.setAttribute("aria-valuemax", layer.count);
      element.setAttribute("aria-valuenow", 1);
      element.setAttribute("aria-valuetext", shapeText(layer.spec));
      layOut();
      paint();
    },
  };
}
