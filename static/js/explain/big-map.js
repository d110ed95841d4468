// Shows one map as large as possible. A cell is hovered with the pointer, reached with the arrow keys, and opened.
import { paintSignedValues } from "../lib/canvas-painting.js";
import { cellUnder } from "../lib/grid-layout.js";
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { regionRectangles, strokeRectangles } from "../network/region-outline.js";
import { cellName } from "./labels.js";

const REGION_LINE_PX = 1.5;
const CELL_LINE_PX = 2.5;
const MAX_PIXEL_RATIO = 2;
const isSameCell = (a, b) => String(a) === String(b);
const cellRegion = ([y, x]) => ({ rows: [y, y], columns: [x, x] });

// `onPoint(cell or null)`: the hovered cell. `onOpen(cell)`: a click, Enter or Space. With `opensOnArrow` an arrow key
// opens the next cell at once. `format(number)` returns its text.
export function createBigMap({ onPoint, onOpen, getTheme, format, opensOnArrow }) {
  const canvas = make("canvas");
  const over = make("canvas.over");
  const readout = make("p.readout", { "aria-live": "polite" });
  const field = make("div.field", { tabindex: 0, role: "application" }, canvas, over);
  const root = make("div.bigmap", {}, field, readout);
  let shown = null; // { values, shape, limit, label, cell }
  let hovered = null;
  let marked = null;

  function paint() {
    if (!shown) return;
    const { values, shape, limit, label } = shown;
    paintSignedValues(canvas, values, shape, limit, getTheme());
    field.setAttribute("aria-label", label);
    paintOver();
    const cell = hovered ?? shown.cell;
    readout.textContent = cell
      ? t("explain.readout", { cell: cellName(cell), value: format(values[cell[0] * shape[1] + cell[1]]) })
      : t("explain.range", { low: format(Math.min(...values)), high: format(Math.max(...values)) });
  }

  // Outlines the marked region, the open cell and the hovered one.
  function paintOver() {
    const [height, width] = shown.shape;
    const ratio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1);
    [over.width, over.height] = [field.clientWidth * ratio, field.clientHeight * ratio];
    const side = { width: over.width, height: over.height, tileWidth: over.width, tileHeight: over.height };
    const grid = { count: 1, columns: 1, rows: 1, gap: 0, ...side };
    const style = getComputedStyle(field);
    const draw = (region, lineWidth) => {
      const rectangles = regionRectangles(grid, { height, width }, { ...region, maps: [0] });
      strokeRectangles(over.getContext("2d"), rectangles, [style.backgroundColor, style.color], lineWidth * ratio);
    };
    if (marked) draw(marked, REGION_LINE_PX);
    for (const cell of [shown.cell, hovered].filter(Boolean)) draw(cellRegion(cell), CELL_LINE_PX);
  }

  function hover(cell) {
    if (isSameCell(cell, hovered)) return;
    hovered = cell;
    paint();
    onPoint(cell);
  }

  function nextCell(from, [down, across]) {
    const [height, width] = shown.shape;
    if (!from) return [Math.floor(height / 2), Math.floor(width / 2)];
    const clamp = (value, size) => Math.min(size - 1, Math.max(0, value));
    return [clamp(from[0] + down, height), clamp(from[1] + across, width)];
  }

  field.addEventListener("pointermove", (event) => {
    if (shown && event.pointerType !== "touch") hover(cellUnder(event, field, shown.shape));
  });
  field.addEventListener("pointerleave", () => hover(null));
  field.addEventListener("blur", () => hover(null));
  field.addEventListener("click", (event) => {
    if (!shown) return;
    const cell = cellUnder(event, field, shown.shape);
    if (opensOnArrow) hover(null);
    onOpen(cell);
  });
  field.addEventListener("keydown", (event) => {
    if (!shown || hasModifier(event)) return;
    const step = arrowStep(event.key);
    const from = hovered ?? shown.cell;
    if (event.key === "Enter" || event.key === " ") onOpen(from ?? [0, 0]);
    else if (!step) return;
    else if (opensOnArrow) {
      hover(null);
      onOpen(nextCell(from, step));
    } else hover(nextCell(from, step));
    event.preventDefault();
  });
  new ResizeObserver(() => { if (shown) paintOver(); }).observe(field);

  return {
    root,
    focus: () => field.focus({ preventScroll: true }),
    show(next) { shown = next; paint(); },
    // Outlines a region of the map; null removes the outline.
    mark(region) { marked = region; if (shown) paintOver(); },
  };
}
