// Draws all maps of a layer on one canvas and finds the map and cell under a point.
import { cellAt, originOf } from "../lib/grid-layout.js";
import { regionRectangles, strokeRectangles } from "./region-outline.js";

const OUTLINE_PX = 1.25;
const MAX_PIXEL_RATIO = 2;

// `element` contains the canvas. A layer is { shape, atlas }, see map-atlas.js.
export function createMapCanvas(element) {
  const canvas = element.querySelector("canvas");
  const context = canvas.getContext("2d");
  let layer = null;
  let grid = null;
  let ratio = 1;
  let outlined = null;

  function paint() {
    if (!grid) return;
    const { height, width } = layer.shape;
    const { tileWidth, tileHeight } = grid;
    // Large tiles keep hard pixels. Below twice the map's size, smoothing prevents broken lines.
    context.imageSmoothingEnabled = height > 1 && tileWidth < 2 * width;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < grid.count; i += 1) {
      const [x, y] = originOf(grid, i);
      context.drawImage(layer.atlas.canvas, 0, i * height, width, height, x, y, tileWidth, tileHeight);
    }
  }

  // Uses a second canvas, so that the maps are not painted again. It exists only while a region is outlined.
  function paintOutline() {
    const existing = element.querySelector(".mark");
    if (!outlined || !grid) return existing?.remove();
    const over = existing ?? element.appendChild(document.createElement("canvas"));
    over.className = "mark";
    [over.width, over.height] = [grid.width, grid.height];
    over.style.width = canvas.style.width;
    over.style.height = canvas.style.height;
    const style = getComputedStyle(element);
    const rectangles = regionRectangles(grid, layer.shape, outlined);
    strokeRectangles(over.getContext("2d"), rectangles, [style.backgroundColor, style.color], OUTLINE_PX * ratio);
  }

  const pointIn = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
  };

  return {
    element,
    paint,
    get columns() { return grid?.columns ?? 1; },
    // `planGrid(shape, across, down, ratio)` returns the grid of the maps; lengths are device pixels.
    layOut(nextLayer, planGrid) {
      if (element.clientWidth === 0) return; // not visible
      layer = nextLayer;
      ratio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1);
      const [across, down] = [element.clientWidth, element.clientHeight].map((side) => Math.floor(side * ratio));
      grid = planGrid(layer.shape, across, down, ratio);
      canvas.width = grid.width;
      canvas.height = grid.height;
      canvas.style.width = `${grid.width / ratio}px`;
      canvas.style.height = `${grid.height / ratio}px`;
      paint();
      paintOutline();
    },
    // Outlines a region (see receptive-field.js); null removes the outline.
    outline(region) {
      if (region === outlined) return;
      outlined = region;
      paintOutline();
    },
    get width() { return canvas.style.width; },
    // Returns { map, cell: [y, x] }, or null beside the maps.
    cellUnder: (event) => (grid ? cellAt(grid, layer.shape, ...pointIn(event)) : null),
    // Returns the rectangle of a map in the window, in CSS pixels.
    boxOf(i) {
      const box = canvas.getBoundingClientRect();
      const [x, y] = originOf(grid, i).map((value) => value / ratio);
      const [left, top] = [box.left + x, box.top + y];
      const [width, height] = [grid.tileWidth / ratio, grid.tileHeight / ratio];
      return { left, top, width, height, right: left + width, bottom: top + height };
    },
  };
}
