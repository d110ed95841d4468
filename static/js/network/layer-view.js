// One layer on the page: its words, its numbers, and all its maps on one canvas.
import { createAtlas } from "./map-atlas.js";
import { colorTable } from "../lib/colormap.js";
import { decodeLayer, mapShape, valueAt } from "../lib/decode.js";
import { t } from "../lib/i18n.js";
import { createMaps } from "./map-canvas.js";
import { percent } from "../prediction/probability-bars.js";
import { parameterText, sentence, shapeText, signed } from "./layer-text.js";

const SIGNED = new Set(["conv", "batchnorm", "linear"]);

function build(spec, before) {
  const root = document.createElement("section");
  root.className = spec.shape.length === 1 ? "layer list" : "layer";
  root.dataset.layer = spec.name;
  root.dataset.kind = spec.kind;
  root.innerHTML = `
    <header><h3></h3><p class="shape"></p></header>
    <div class="body"><div class="maps"><canvas></canvas></div></div>
    <div class="about"><p class="facts"><strong></strong> <span class="shape"></span> <span class="parameters"></span></p>
    <p class="sentence"></p>
    <p class="scale" aria-hidden="true"><span></span><canvas width="64" height="1"></canvas><span></span></p></div>`;
  root.querySelector("h3").textContent = spec.name;
  root.querySelector("strong").textContent = spec.name;
  root.querySelectorAll(".shape").forEach((shape) => { shape.textContent = shapeText(spec); });
  root.querySelector(".sentence").textContent = sentence(spec, before);
  root.querySelector(".sentence").id = `does-${spec.name}`;
  root.querySelector(".parameters").textContent = parameterText(spec.parameters);
  const maps = root.querySelector(".maps");
  maps.setAttribute("aria-label", t("layer.label", { name: spec.name, shape: shapeText(spec) }));
  maps.setAttribute("aria-describedby", `does-${spec.name}`);
  return root;
}

// The ten digits beside the cells of the scores and of the shares.
export const hasMarks = ({ name }) => name === "logits" || name === "probabilities";

export function buildMarks() {
  const marks = document.createElement("p");
  marks.className = "marks";
  marks.innerHTML = Array.from({ length: 10 }, (_, i) => `<span>${i}<small></small></span>`).join("");
  return marks;
}

export function paintMarks(marks, layer) {
  marks.querySelectorAll("small").forEach((mark, i) => {
    const value = layer.bytes ? valueAt(layer, i) : null;
    mark.textContent = value === null ? "" : layer.kind === "softmax" ? percent(value) : signed(value);
  });
}

// `colorOptions()` says how numbers are shown: see page.js.
export function createLayer(spec, before, { zoom, colorOptions }) {
  const root = build(spec, before);
  const view = createMaps(root.querySelector(".maps"));
  const marks = hasMarks(spec) ? buildMarks() : null;
  if (marks) view.element.after(marks);
  const shape = mapShape(spec.shape);
  const atlas = createAtlas(shape);
  let painted = ""; // the colours that the scale shows
  let answer = null; // the newest, not yet decoded: a layer that is not in view costs nothing
  let layer = { ...spec, ...shape, low: 0, high: 0, bytes: null };

  function paint() {
    if (answer) layer = decodeLayer(answer);
    answer = null;
    const { theme, scale } = colorOptions();
    atlas.paint(layer, scale, theme);
    view.paint();
    paintScale(theme, scale === "map" && shape.height > 1);
    if (marks) paintMarks(marks, layer);
    zoom.refresh(layer);
  }

  function paintScale(theme, ofEachMap) {
    const [from, strip, to] = root.querySelector(".scale").children;
    const limit = Math.max(Math.abs(layer.low), Math.abs(layer.high));
    const both = SIGNED.has(spec.kind) || layer.low < 0;
    const texts = ofEachMap ? [both ? t("tower.least") : "0", t("tower.most")] : [signed(both ? -limit : 0), signed(limit)];
    [from.textContent, to.textContent] = layer.bytes ? texts : ["", ""];
    if (painted === `${theme} ${both}`) return;
    painted = `${theme} ${both}`;
    const line = strip.getContext("2d").createImageData(64, 1);
    const table = colorTable(both ? -1 : 0, 1, theme);
    new Uint32Array(line.data.buffer).forEach((_, i, all) => { all[i] = table[Math.round((i * 255) / 63)]; });
    strip.getContext("2d").putImageData(line, 0, 0);
  }

  return {
    root,
    spec,
    shape,
    atlas,
    maps: view.element,
    count: shape.count,
    get columns() { return view.columns; },
    get numbers() { return layer; },
    layOut(plan) {
      view.layOut(this, plan);
      marks?.style.setProperty("--across", view.width);
    },
    paint,
    update(next) {
      answer = next;
      if (!next) layer = { ...layer, low: 0, high: 0, bytes: null };
    },
    cellUnder: view.cellUnder,
    mark: view.mark,
    // One map enlarged beside its place; `view` is another one than the layer's own where the layer is shown large.
    // → what is said of it
    enlarge: (i, { boxOf } = view) => zoom.show(layer, i, () => boxOf(i), marks !== null),
  };
}
