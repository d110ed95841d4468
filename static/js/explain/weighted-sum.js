// Shows a weighted sum: the subtotal of each input map, the products of the chosen one, and the total with the bias.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createTermList } from "./term-list.js";
import { formatExact } from "./explanation.js";
import { rankByStrength, sumOfParts } from "./layer-math.js";
import { createProductTable } from "./product-table.js";

const limitOver = (parts, name) => maxAbsolute(parts.flatMap((part) => maxAbsolute(part[name])));

// `onChoose(part)`: the part whose products are shown, after every update; may be missing.
export function createWeightedSum({ getTheme, format, isExact, isDrawing, onChoose }) {
  const title = make("h3");
  const products = createProductTable({ getTheme, format });
  const subtotal = make("p.subtotal");
  const total = make("p.total");
  const precision = make("p.note");
  const heading = make("h3");
  const terms = createTermList({ getTheme, format, onChoose: choose });
  const root = make("div.products", {},
    total, precision, title, products.root, products.readout, subtotal, heading, terms.root);
  let shown = null; // { parts, bias, output, partName(map) }
  let clicked = null; // the part that was clicked, until then the strongest is shown
  let order = [];

  function choose(index) {
    if (isSingle()) return;
    clicked = index;
    show(shown);
  }

  // With a single input map the terms are its products, not maps.
  const isSingle = () => shown.parts.length === 1;
  const chosen = () => (clicked !== null && clicked < shown.parts.length ? clicked : order[0] ?? 0);

  function termItems() {
    const { parts } = shown;
    if (!isSingle()) {
      const key = parts[0].products.length > 1 ? "mapShort" : "numberShort";
      return parts.map((part) => ({ name: t(`explain.${key}`, { n: part.map + 1 }), value: part.subtotal }));
    }
    const [{ products: values, width }] = parts;
    return values.map((value, i) => ({
      name: t("explain.place", { row: Math.floor(i / width) + 1, column: (i % width) + 1 }), value,
    }));
  }

  function show(next) {
    shown = next;
    const { parts, bias, output, partName } = shown;
    const items = termItems();
    // During a stroke the order stays, so that a term can be followed.
    if (!isDrawing() || order.length !== items.length) order = rankByStrength(items, ({ value }) => Math.abs(value));
    const part = parts[isSingle() ? 0 : chosen()];
    title.textContent = partName(part.map);
    products.show(part, {
      values: limitOver(parts, "values"), weights: limitOver(parts, "weights"), products: limitOver(parts, "products"),
    });
    subtotal.hidden = part.products.length === 1;
    subtotal.textContent = t("explain.subtotal", { n: part.products.length, value: format(part.subtotal) });
    heading.hidden = items.length === 1;
    heading.textContent = t(isSingle() ? "explain.allProducts" : "explain.allParts", { n: items.length });
    terms.root.hidden = items.length === 1;
    terms.show({ items, order, chosen: isSingle() ? -1 : chosen(), label: heading.textContent });
    showTotal(items.length, bias, output);
    onChoose?.(part);
  }

  function showTotal(n, bias, output) {
    const sum = sumOfParts(shown.parts);
    const value = sum + (bias ?? 0);
    const kind = isSingle() ? "products" : "parts";
    total.textContent = bias === null
      ? t(`explain.sum.${kind}`, { n, sum: format(sum) })
      : t(`explain.sumBias.${kind}`, { n, sum: format(sum), bias: format(bias), value: format(value) });
    total.dataset.value = value;
    const difference = Math.abs(value - output).toExponential(1).replace("-", "−");
    precision.textContent = isExact()
      ? t("explain.float32", { value: formatExact(output), difference }) : t("explain.rounded");
  }

  return { root, show };
}
