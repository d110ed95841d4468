// One map, as large as there is room for: point at a cell, go from cell to cell with the arrow keys, open one.
import { cellUnder } from "../lib/grid-layout.js";
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { outline, rectangles } from "../network/region-outline.js";
import { cellName } from "./labels.js";
import { paintMap } from "./map-painting.js";

const same = (one, other) => String(one) === String(other);

// onPoint(cell or null): the cell is looked at. onOpen(cell): it is chosen, by a click or with Enter. Where `walking`,
// each arrow key chooses the next at once.
export function createBigMap({ onPoint, onOpen, getTheme, write, walking }) {
  const canvas = make("canvas");
  const over = make("canvas.over");
  const readout = make("p.readout", { "aria-live": "polite" });
  const field = make("div.field", { tabindex: 0, role: "application" }, canvas, over);
  const root = make("div.bigmap", {}, field, readout);
  let now = null; // { values, shape, limit, label, cell }
  let at = null; // the cell that is looked at
  let marked = null;

  function paint() {
    if (!now) return;
    paintMap(canvas, now.values, now.shape, now.limit, getTheme());
    field.setAttribute("aria-label", now.label);
    paintOver();
    const cell = at ?? now.cell;
    readout.textContent = cell
      ? t("explain.readout", { cell: cellName(cell), value: write(now.values[cell[0] * now.shape[1] + cell[1]]) })
      : t("explain.range", { low: write(Math.min(...now.values)), high: write(Math.max(...now.values)) });
  }

  function paintOver() {
    const [height, width] = now.shape;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    [over.width, over.height] = [field.clientWidth * ratio, field.clientHeight * ratio];
    const side = { width: over.width, height: over.height, tileWidth: over.width, tileHeight: over.height };
    const grid = { count: 1, columns: 1, rows: 1, gap: 0, ...side };
    const style = getComputedStyle(field);
    const colors = [style.backgroundColor, style.color];
    const draw = (region, line) =>
      outline(over.getContext("2d"), rectangles(grid, { height, width }, { ...region, maps: [0] }), colors, line * ratio);
    if (marked) draw(marked, 1.5);
    for (const cell of [now.cell, at].filter(Boolean)) draw({ rows: [cell[0], cell[0]], columns: [cell[1], cell[1]] }, 2.5);
  }

  function look(cell) {
    if (same(cell, at)) return;
    at = cell;
    paint();
    onPoint(cell);
  }

  field.addEventListener("pointermove", (event) => { if (now && event.pointerType !== "touch") look(cellUnder(event, field, now.shape)); });
  field.addEventListener("pointerleave", () => look(null));
  field.addEventListener("blur", () => look(null));
  field.addEventListener("click", (event) => {
    if (!now) return;
    const cell = cellUnder(event, field, now.shape);
    if (walking) look(null);
    onOpen(cell);
  });
  field.addEventListener("keydown", (event) => {
    const move = arrowStep(event.key);
    if (!now || hasModifier(event)) return;
    const from = at ?? now.cell;
    const [height, width] = now.shape;
    if (event.key === "Enter" || event.key === " ") onOpen(from ?? [0, 0]);
    else if (!move) return;
    else {
      const clamp = (value, size) => Math.min(size - 1, Math.max(0, value));
      const middle = [Math.floor(height / 2), Math.floor(width / 2)];
      const cell = from ? [clamp(from[0] + move[0], height), clamp(from[1] + move[1], width)] : middle;
      if (walking) { look(null); onOpen(cell); } else look(cell);
    }
    event.preventDefault();
  });
  new ResizeObserver(() => { if (now) paintOver(); }).observe(field);

  return {
    root,
    focus: () => field.focus({ preventScroll: true }),
    show(next) { now = next; paint(); },
    mark(region) { marked = region; if (now) paintOver(); },
  };
}
