// One layer on the page: its words, and all its maps on one canvas.
import { colorTable } from "./colors.js";
import { colorBytes, decodeLayer, mapShape, valueAt } from "./decode.js";
import { cellGrid, indexAt, mapGrid, originOf, stripGrid } from "./grid.js";
import { t } from "./lang.js";
import { parameterText, sentence, shapeText, signed } from "./words.js";

const CELLS_TALL = 104; // px: about the height of a row of maps
const SIGNED = new Set(["conv", "batchnorm", "linear"]);

function build(spec, before) {
  const root = document.createElement("section");
  root.className = spec.shape.length === 1 ? "layer list" : "layer";
  root.dataset.layer = spec.name;
  root.dataset.kind = spec.kind;
  root.innerHTML = `
    <header><h3></h3><p class="shape"></p></header>
    <div class="body"><div class="maps" tabindex="0" role="slider" aria-valuemin="1" aria-valuenow="1"><canvas></canvas></div>
    <p class="scale" aria-hidden="true"><span></span><canvas width="64" height="1"></canvas><span></span></p>
    <p class="sentence"></p><p class="parameters"></p></div>`;
  root.querySelector("h3").textContent = spec.name;
  root.querySelector(".shape").textContent = shapeText(spec);
  root.querySelector(".sentence").textContent = sentence(spec, before);
  root.querySelector(".parameters").textContent = parameterText(spec.parameters);
  const maps = root.querySelector(".maps");
  maps.setAttribute("aria-label", t("layer.label", { name: spec.name, shape: shapeText(spec) }));
  maps.setAttribute("aria-valuemax", spec.shape[0]);
  maps.setAttribute("aria-valuetext", shapeText(spec));
  return root;
}

// The ten digits under the cells of the scores and of the shares.
function buildMarks() {
  const marks = document.createElement("p");
  marks.className = "marks";
  marks.innerHTML = Array.from({ length: 10 }, (_, i) => `<span>${i}<small></small></span>`).join("");
  return marks;
}

export function createLayer(spec, before, { zoom, getTheme }) {
  const root = build(spec, before);
  const maps = root.querySelector(".maps");
  const canvas = maps.querySelector("canvas");
  const context = canvas.getContext("2d");
  const marks = spec.name === "logits" || spec.name === "probabilities" ? buildMarks() : null;
  if (marks) maps.after(marks);
  const shape = mapShape(spec.shape);
  const atlas = document.createElement("canvas");
  atlas.width = shape.width;
  atlas.height = shape.height * shape.count;
  const atlasContext = atlas.getContext("2d");
  const image = atlasContext.createImageData(atlas.width, atlas.height);
  const pixels = new Uint32Array(image.data.buffer);
  let layer = { ...spec, ...shape, low: 0, high: 0, bytes: null };
  let grid = null;
  let ratio = 1;

  function layOut(width, strip) {
    ratio = Math.min(2, window.devicePixelRatio || 1);
    const available = Math.floor(width * ratio);
    const { count, height, width: across } = shape;
    if (height === 1) grid = cellGrid(count, available, CELLS_TALL * ratio, ratio);
    else if (strip) grid = stripGrid(count, height, across, ratio);
    else grid = mapGrid(count, height, across, available, ratio);
    canvas.width = grid.width;
    canvas.height = grid.height;
    canvas.style.width = `${grid.width / ratio}px`;
    canvas.style.height = `${grid.height / ratio}px`;
    if (marks) marks.style.width = canvas.style.width;
    paint();
  }

  function paint() {
    if (!grid) return;
    colorBytes(layer.bytes ?? new Uint8Array(pixels.length), colorTable(layer.low, layer.high, getTheme()), pixels);
    atlasContext.putImageData(image, 0, 0);
    // Small maps keep their hard pixels; a map drawn at less than twice its size is smoothed, or lines would break.
    context.imageSmoothingEnabled = grid.tileWidth < 2 * shape.width;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < shape.count; i += 1) {
      const [x, y] = originOf(grid, i);
      context.drawImage(atlas, 0, i * shape.height, shape.width, shape.height, x, y, grid.tileWidth, grid.tileHeight);
    }
    paintScale();
    paintMarks();
    zoom.refresh(layer);
  }

  function paintScale() {
    const [from, strip, to] = root.querySelector(".scale").children;
    const limit = Math.max(Math.abs(layer.low), Math.abs(layer.high));
    const both = SIGNED.has(spec.kind) || layer.low < 0;
    const low = both ? -limit : 0;
    from.textContent = layer.bytes ? signed(low) : "";
    to.textContent = layer.bytes ? signed(limit) : "";
    const line = strip.getContext("2d").createImageData(64, 1);
    const table = colorTable(both ? -1 : 0, 1, getTheme());
    new Uint32Array(line.data.buffer).forEach((_, i, all) => { all[i] = table[Math.round((i * 255) / 63)]; });
    strip.getContext("2d").putImageData(line, 0, 0);
  }

  function paintMarks() {
    marks?.querySelectorAll("small").forEach((mark, i) => {
      const value = layer.bytes ? valueAt(layer, i) : null;
      mark.textContent = value === null ? "" : spec.kind === "softmax" ? (value * 100).toFixed(1) : signed(value);
    });
  }

  function boxOf(i) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = originOf(grid, i).map((value) => value / ratio);
    const [left, top] = [box.left + x, box.top + y];
    const [width, height] = [grid.tileWidth / ratio, grid.tileHeight / ratio];
    return { left, top, width, height, right: left + width, bottom: top + height };
  }

  return {
    root,
    maps,
    count: shape.count,
    get columns() { return grid?.columns ?? 1; },
    layOut,
    paint,
    update(answer) {
      layer = answer ? decodeLayer(answer) : { ...layer, low: 0, high: 0, bytes: null };
      paint();
    },
    indexUnder(event) {
      const box = canvas.getBoundingClientRect();
      return grid ? indexAt(grid, (event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio) : -1;
    },
    enlarge(i) {
      maps.setAttribute("aria-valuenow", i + 1);
      maps.setAttribute("aria-valuetext", zoom.show(layer, i, () => boxOf(i), marks !== null));
    },
  };
}
