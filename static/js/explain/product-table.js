// Values × weights = products, as tables of numbers; where there are too many to read, as pictures to point at.
import { maxAbsolute } from "../lib/colormap.js";
import { cellUnder } from "../lib/grid-layout.js";
import { t } from "../lib/i18n.js";
import { resizeChildren, make } from "../lib/dom.js";
import { cellName } from "./labels.js";
import { figure, paintMap, tint } from "./map-painting.js";

const READABLE = 8; // rows: larger patches are pictures
const NAMES = ["values", "weights", "products"];
const SIGNS = ["×", "="];

// The numbers of a patch; those beside the map, in its padding, are marked.
export function paintTable(table, patch, values, limit, { getTheme, write }) {
  resizeChildren(table.tBodies[0], patch.height, () => make("tr")).forEach((row, y) => {
    resizeChildren(row, patch.width, () => make("td")).forEach((cell, x) => {
      const i = y * patch.width + x;
      cell.textContent = write(values[i]);
      cell.classList.toggle("outside", !patch.inside[i]);
      cell.title = patch.inside[i] ? "" : t("explain.padding");
      tint(cell, values[i], limit, getTheme());
    });
  });
}

export function createTerms({ getTheme, write }) {
  const columns = NAMES.map((name) => {
    const shown = figure("heat");
    const table = make("table", {}, make("caption", {}, t(`explain.${name}`)), make("tbody"));
    shown.canvas.setAttribute("role", "img");
    shown.text.textContent = t(`explain.${name}`);
    shown.canvas.setAttribute("aria-label", t(`explain.${name}`));
    return { name, shown, table, root: make("div.term", {}, table, shown.root) };
  });
  const readout = make("p.readout");
  const root = make("div.terms", {}, ...columns.flatMap(({ root: term }, i) => [
    ...(i > 0 ? [make("span.sign", { "aria-hidden": "true" }, SIGNS[i - 1])] : []), term,
  ]));
  let now = null;

  columns.forEach(({ shown }) => {
    const point = (event) => {
      const [y, x] = cellUnder(event, shown.canvas, [now.part.height, now.part.width]);
      tell(y * now.part.width + x);
    };
    shown.canvas.addEventListener("pointerdown", point);
    shown.canvas.addEventListener("pointermove", point);
    shown.canvas.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") tell(null); });
  });

  function tell(i) {
    const { part } = now;
    readout.textContent = i === null ? t("explain.pointProduct") : t("explain.product", {
      cell: cellName([Math.floor(i / part.width), i % part.width]),
      value: write(part.values[i]), weight: write(part.weights[i]), product: write(part.products[i]),
    });
  }

  return {
    root,
    readout,
    // `limits`: the values, weights and products that are painted in the strongest colour.
    show(part, limits) {
      now = { part };
      const large = part.height > READABLE;
      root.classList.toggle("large", large);
      readout.hidden = !large;
      if (large) tell(null);
      columns.forEach((column) => {
        column.table.hidden = large;
        column.shown.root.hidden = !large;
        const values = part[column.name];
        if (large) paintMap(column.shown.canvas, values, [part.height, part.width], maxAbsolute(values), getTheme());
        else paintTable(column.table, part, values, limits[column.name], { getTheme, write });
      });
    },
  };
}
