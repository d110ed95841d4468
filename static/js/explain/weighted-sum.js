// A sum of products, down to every one of them: what each map (or number) that comes in adds, the strongest first; of the
// chosen one every value × weight; and the sum of all, with the bias.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createChips } from "./term-list.js";
import { exact } from "./explanation.js";
import { ranked, sum } from "./layer-math.js";
import { createTerms } from "./product-table.js";

const over = (parts, name) => maxAbsolute(parts.flatMap((part) => maxAbsolute(part[name])));

export function createProducts({ getTheme, write, isExact, isDrawing, onChoose }) {
  const title = make("h3");
  const terms = createTerms({ getTheme, write });
  const subtotal = make("p.subtotal");
  const total = make("p.total");
  const honest = make("p.note");
  const heading = make("h3");
  const chips = createChips({ getTheme, write, onChoose: choose });
  const root = make("div.products", {}, total, honest, title, terms.root, terms.readout, subtotal, heading, chips.root);
  let now = null; // { parts, bias, output, partName(map) }
  let wish = null;
  let order = [];

  function choose(place) {
    if (isSingle()) return;
    wish = place;
    show(now);
  }

  // One picture comes in: then its products are the terms, not the maps.
  const isSingle = () => now.parts.length === 1;
  const chosen = () => (wish !== null && wish < now.parts.length ? wish : order[0] ?? 0);

  function show(next) {
    now = next;
    const { parts, bias, output, partName } = now;
    const kind = parts[0].products.length > 1 ? "mapShort" : "numberShort";
    const items = isSingle()
      ? parts[0].products.map((value, i) => ({
        name: t("explain.place", { row: Math.floor(i / parts[0].width) + 1, column: (i % parts[0].width) + 1 }), value,
      }))
      : parts.map((part) => ({ name: t(`explain.${kind}`, { n: part.map + 1 }), value: part.subtotal }));
    // While the pen moves they keep their places, or nobody could follow them.
    if (!isDrawing() || order.length !== items.length) order = ranked(items, ({ value }) => Math.abs(value));
    const part = parts[isSingle() ? 0 : chosen()];
    title.textContent = partName(part.map);
    terms.show(part, { values: over(parts, "values"), weights: over(parts, "weights"), products: over(parts, "products") });
    subtotal.hidden = part.products.length === 1;
    subtotal.textContent = t("explain.subtotal", { n: part.products.length, value: write(part.subtotal) });
    heading.hidden = items.length === 1;
    heading.textContent = t(isSingle() ? "explain.allProducts" : "explain.allParts", { n: items.length });
    chips.root.hidden = items.length === 1;
    chips.show({ items, order, chosen: isSingle() ? -1 : chosen(), label: heading.textContent });
    tellTotal(items.length, bias, output);
    onChoose?.(part);
  }

  function tellTotal(n, bias, output) {
    const all = sum(now.parts);
    const value = all + (bias ?? 0);
    const many = isSingle() ? "products" : "parts";
    total.textContent = bias === null
      ? t(`explain.sum.${many}`, { n, sum: write(all) })
      : t(`explain.sumBias.${many}`, { n, sum: write(all), bias: write(bias), value: write(value) });
    total.dataset.value = value;
    honest.textContent = isExact()
      ? t("explain.float32", { value: exact(output), difference: Math.abs(value - output).toExponential(1).replace("-", "−") })
      : t("explain.rounded");
  }

  return { root, show };
}
