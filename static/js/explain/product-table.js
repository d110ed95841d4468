// Shows values × weights = products: tables of numbers for small patches, pictures with a readout for large ones.
import { paintSignedValues } from "../lib/canvas-painting.js";
import { maxAbsolute } from "../lib/colormap.js";
import { cellUnder } from "../lib/grid-layout.js";
import { t } from "../lib/i18n.js";
import { make, resizeChildren } from "../lib/dom.js";
import { cellName } from "./labels.js";
import { createFigure, tint } from "./map-painting.js";

const MAX_TABLE_ROWS = 8; // larger patches are pictures
const NAMES = ["values", "weights", "products"];
const SIGNS = ["×", "="];

// Fills a table with the numbers of a patch; numbers in the padding are marked.
export function fillNumberTable(table, patch, values, limit, { getTheme, format }) {
  resizeChildren(table.tBodies[0], patch.height, () => make("tr")).forEach((row, y) => {
    resizeChildren(row, patch.width, () => make("td")).forEach((cell, x) => {
      const i = y * patch.width + x;
      cell.textContent = format(values[i]);
      cell.classList.toggle("outside", !patch.inside[i]);
      cell.title = patch.inside[i] ? "" : t("explain.padding");
      tint(cell, values[i], limit, getTheme());
    });
  });
}

export function createProductTable({ getTheme, format }) {
  const columns = NAMES.map((name) => {
    const figure = createFigure("heat");
    const table = make("table", {}, make("caption", {}, t(`explain.${name}`)), make("tbody"));
    figure.canvas.setAttribute("role", "img");
    figure.text.textContent = t(`explain.${name}`);
    figure.canvas.setAttribute("aria-label", t(`explain.${name}`));
    return { name, figure, table, root: make("div.term", {}, table, figure.root) };
  });
  const readout = make("p.readout");
  const root = make("div.terms", {}, ...columns.flatMap(({ root: term }, i) => [
    ...(i > 0 ? [make("span.sign", { "aria-hidden": "true" }, SIGNS[i - 1])] : []), term,
  ]));
  let part = null;

  columns.forEach(({ figure: { canvas } }) => {
    const point = (event) => {
      const [y, x] = cellUnder(event, canvas, [part.height, part.width]);
      showReadout(y * part.width + x);
    };
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") showReadout(null); });
  });

  function showReadout(i) {
    readout.textContent = i === null ? t("explain.pointProduct") : t("explain.product", {
      cell: cellName([Math.floor(i / part.width), i % part.width]),
      value: format(part.values[i]), weight: format(part.weights[i]), product: format(part.products[i]),
    });
  }

  return {
    root,
    readout,
    // `limits`: { values, weights, products }, the absolute values with the strongest colour.
    show(nextPart, limits) {
      part = nextPart;
      const isLarge = part.height > MAX_TABLE_ROWS;
      root.classList.toggle("large", isLarge);
      readout.hidden = !isLarge;
      if (isLarge) showReadout(null);
      columns.forEach(({ name, table, figure }) => {
        table.hidden = isLarge;
        figure.root.hidden = !isLarge;
        const numbers = part[name];
        const shape = [part.height, part.width];
        if (isLarge) paintSignedValues(figure.canvas, numbers, shape, maxAbsolute(numbers), getTheme());
        else fillNumberTable(table, part, numbers, limits[name], { getTheme, format });
      });
    },
  };
}
