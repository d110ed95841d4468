// Shows one layer: its description, its colour scale, and all its maps on one canvas.
import { createMapAtlas } from "./map-atlas.js";
import { colorTable } from "../lib/colormap.js";
import { decodeLayer, mapShape, valueAt } from "../lib/decode.js";
import { t } from "../lib/i18n.js";
import { createMapCanvas } from "./map-canvas.js";
import { percent, signed } from "../lib/number-format.js";
import { layerSentence, OUTPUT_LAYERS, parameterText, shapeText } from "./layer-text.js";

const SIGNED_KINDS = new Set(["conv", "batchnorm", "linear"]);
const SCALE_PX = 64;

function build(spec, inputShape) {
  const root = document.createElement("section");
  root.className = spec.shape.length === 1 ? "layer list" : "layer";
  root.dataset.layer = spec.name;
  root.dataset.kind = spec.kind;
  root.innerHTML = `
    <header><h3></h3><p class="shape"></p></header>
    <div class="body"><div class="maps"><canvas></canvas></div></div>
    <div class="about">
    <p class="facts"><strong></strong> <span class="shape"></span> <span class="parameters"></span></p>
    <p class="sentence"></p>
    <p class="scale" aria-hidden="true"><span></span><canvas width="${SCALE_PX}" height="1"></canvas><span></span></p>
    </div>`;
  root.querySelector("h3").textContent = spec.name;
  root.querySelector("strong").textContent = spec.name;
  root.querySelectorAll(".shape").forEach((shape) => { shape.textContent = shapeText(spec); });
  root.querySelector(".sentence").textContent = layerSentence(spec, inputShape);
  root.querySelector(".sentence").id = `does-${spec.name}`;
  root.querySelector(".parameters").textContent = parameterText(spec.parameters);
  const maps = root.querySelector(".maps");
  maps.setAttribute("aria-label", t("layer.label", { name: spec.name, shape: shapeText(spec) }));
  maps.setAttribute("aria-describedby", `does-${spec.name}`);
  return root;
}

// The ten digits beside the cells of an output layer, each with its number.
export function buildDigitLabels() {
  const labels = document.createElement("p");
  labels.className = "marks";
  labels.innerHTML = Array.from({ length: 10 }, (_, i) => `<span>${i}<small></small></span>`).join("");
  return labels;
}

export function showDigitValues(labels, layer) {
  labels.querySelectorAll("small").forEach((label, i) => {
    const value = layer.bytes ? valueAt(layer, i) : null;
    label.textContent = value === null ? "" : layer.kind === "softmax" ? percent(value) : signed(value);
  });
}

// Shows the two ends of the scale as text and the colours between them.
function createScale(root) {
  const [lowText, strip, highText] = root.children;
  let painted = ""; // theme and sign of the strip's colours

  function paintStrip(isSigned, theme) {
    if (painted === `${theme} ${isSigned}`) return;
    painted = `${theme} ${isSigned}`;
    const line = strip.getContext("2d").createImageData(SCALE_PX, 1);
    const table = colorTable(isSigned ? -1 : 0, 1, theme);
    new Uint32Array(line.data.buffer).forEach((_, i, pixels) => {
      pixels[i] = table[Math.round((i * 255) / (SCALE_PX - 1))];
    });
    strip.getContext("2d").putImageData(line, 0, 0);
  }

  // `perMap`: each map has its own scale, so the ends have no common number.
  return function paint({ kind, low, high, bytes }, perMap, theme) {
    const limit = Math.max(Math.abs(low), Math.abs(high));
    const isSigned = SIGNED_KINDS.has(kind) || low < 0;
    const texts = perMap
      ? [isSigned ? t("tower.least") : "0", t("tower.most")] : [signed(isSigned ? -limit : 0), signed(limit)];
    [lowText.textContent, highText.textContent] = bytes ? texts : ["", ""];
    paintStrip(isSigned, theme);
  };
}

// `colorOptions()` returns { theme, scale }, see app/context.js.
export function createLayerView(spec, inputShape, { tooltip, colorOptions }) {
  const root = build(spec, inputShape);
  const mapCanvas = createMapCanvas(root.querySelector(".maps"));
  const paintScale = createScale(root.querySelector(".scale"));
  const digitLabels = OUTPUT_LAYERS.has(spec.name) ? buildDigitLabels() : null;
  if (digitLabels) mapCanvas.element.after(digitLabels);
  const shape = mapShape(spec.shape);
  const atlas = createMapAtlas(shape);
  let encoded = null; // the newest activations, decoded when painted: a layer out of view costs nothing
  let layer = { ...spec, ...shape, low: 0, high: 0, bytes: null };

  function paint() {
    if (encoded) layer = decodeLayer(encoded);
    encoded = null;
    const { theme, scale } = colorOptions();
    atlas.paint(layer, scale, theme);
    mapCanvas.paint();
    paintScale(layer, scale === "map" && shape.height > 1, theme);
    if (digitLabels) showDigitValues(digitLabels, layer);
    tooltip.refresh(layer);
  }

  return {
    root,
    spec,
    shape,
    atlas,
    maps: mapCanvas.element,
    count: shape.count,
    get columns() { return mapCanvas.columns; },
    get numbers() { return layer; },
    layOut(planGrid) {
      mapCanvas.layOut(this, planGrid);
      digitLabels?.style.setProperty("--across", mapCanvas.width);
    },
    paint,
    // `activations`: one layer of /api/predict, or null to empty the maps.
    update(activations) {
      encoded = activations;
      if (!activations) layer = { ...layer, low: 0, high: 0, bytes: null };
    },
    cellUnder: mapCanvas.cellUnder,
    outline: mapCanvas.outline,
    // Shows one map in the tooltip, beside its place on this canvas or on another one. Returns the spoken text.
    enlarge: (i, { boxOf } = mapCanvas) => tooltip.show(layer, i, () => boxOf(i), digitLabels !== null),
  };
}
