// Shows the chosen layer's maps as large as the space allows, under the columns of the network view.
import { fitGrid } from "../lib/grid-layout.js";
import { t } from "../lib/i18n.js";
import { buildDigitLabels, showDigitValues } from "./layer-view.js";
import { attachMapNavigation, withLayerName } from "./map-navigation.js";
import { createMapCanvas } from "./map-canvas.js";
import { OUTPUT_LAYERS, shapeText } from "./layer-text.js";

const MAX_MAP_PX = 120;
const MAX_CELL_PX = 44; // a single number

function planGrid({ count, height, width }, across, down, ratio) {
  const most = (height === 1 ? MAX_CELL_PX : MAX_MAP_PX) * ratio;
  return fitGrid(count, height, width, { across, down, most }, ratio);
}

export function createLayerCloseup(root, { tooltip, onOpen, onPoint }) {
  const element = root.querySelector(".maps");
  const mapCanvas = createMapCanvas(element);
  const digitLabels = buildDigitLabels();
  let layer = null;
  element.after(digitLabels);

  attachMapNavigation(element, {
    get count() { return layer?.count ?? 0; },
    get columns() { return mapCanvas.columns; },
    cellUnder: mapCanvas.cellUnder,
    enlarge: (i) => layer.enlarge(i, mapCanvas),
  }, { tooltip, ...withLayerName(() => layer.spec.name, { onOpen, onPoint }) });

  function layOut() {
    if (!layer) return;
    mapCanvas.layOut(layer, planGrid);
    digitLabels.style.setProperty("--across", mapCanvas.width);
  }

  function paint() {
    mapCanvas.paint();
    if (layer && !digitLabels.hidden) showDigitValues(digitLabels, layer.numbers);
  }

  return {
    element,
    get layer() { return layer; },
    layOut,
    paint,
    outline: mapCanvas.outline,
    show(next) {
      if (next === layer) return;
      layer = next;
      digitLabels.hidden = !OUTPUT_LAYERS.has(layer.spec.name);
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
