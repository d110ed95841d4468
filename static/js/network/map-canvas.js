// All maps of a layer on one canvas: where they lie, and what lies under a point. A layer has one in its own place, and
// the chosen one another, larger.
import { cellAt, originOf } from "../lib/grid-layout.js";
import { outline, rectangles } from "./region-outline.js";

// `element` holds the canvas. What is shown is { shape, atlas }: see atlas.js.
export function createMaps(element) {
  const canvas = element.querySelector("canvas");
  const context = canvas.getContext("2d");
  let source = null;
  let grid = null;
  let ratio = 1;
  let marked = null;

  function paint() {
    if (!grid) return;
    const { height, width } = source.shape;
    const { tileWidth, tileHeight } = grid;
    // Small maps keep their hard pixels; a map drawn at less than twice its size is smoothed, or lines would break.
    context.imageSmoothingEnabled = height > 1 && tileWidth < 2 * width;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < grid.count; i += 1) {
      const [x, y] = originOf(grid, i);
      context.drawImage(source.atlas.canvas, 0, i * height, width, height, x, y, tileWidth, tileHeight);
    }
  }

  // On a canvas of their own, which is there only while something is marked: the maps need no new painting.
  function paintMark() {
    const found = element.querySelector(".mark");
    if (!marked || !grid) return found?.remove();
    const over = found ?? element.appendChild(Object.assign(document.createElement("canvas"), { className: "mark" }));
    [over.width, over.height] = [grid.width, grid.height];
    over.style.width = canvas.style.width;
    over.style.height = canvas.style.height;
    const style = getComputedStyle(element);
    outline(over.getContext("2d"), rectangles(grid, source.shape, marked), [style.backgroundColor, style.color], 1.25 * ratio);
  }

  const pointIn = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
  };

  return {
    element,
    paint,
    get columns() { return grid?.columns ?? 1; },
    // `plan(shape, across, down, ratio)` says how the maps lie in the element's box, in device pixels.
    layOut(shown, plan) {
      if (element.clientWidth === 0) return; // nobody sees it
      source = shown;
      ratio = Math.min(2, window.devicePixelRatio || 1);
      grid = plan(source.shape, Math.floor(element.clientWidth * ratio), Math.floor(element.clientHeight * ratio), ratio);
      canvas.width = grid.width;
      canvas.height = grid.height;
      canvas.style.width = `${grid.width / ratio}px`;
      canvas.style.height = `${grid.height / ratio}px`;
      paint();
      paintMark();
    },
    // Outlines a region of the maps (see reach.js); null takes the outline away.
    mark(region) {
      if (region === marked) return;
      marked = region;
      paintMark();
    },
    get width() { return canvas.style.width; },
    // → { map, cell: [y, x] } or null
    cellUnder: (event) => (grid ? cellAt(grid, source.shape, ...pointIn(event)) : null),
    // The place of a map on the screen.
    boxOf(i) {
      const box = canvas.getBoundingClientRect();
      const [x, y] = originOf(grid, i).map((value) => value / ratio);
      const [left, top] = [box.left + x, box.top + y];
      const [width, height] = [grid.tileWidth / ratio, grid.tileHeight / ratio];
      return { left, top, width, height, right: left + width, bottom: top + height };
    },
  };
}
