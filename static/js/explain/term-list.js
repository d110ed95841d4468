// Shows the terms of a long sum as coloured buttons, strongest first.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { button, make, resizeChildren } from "../lib/dom.js";
import { tint } from "./map-painting.js";

const MAX_TERMS = 128; // more are shown on request

export function createTermList({ getTheme, format, onChoose }) {
  const list = make("div.chips", { role: "group" });
  const more = button("more", {}, () => { showAll = true; show(shown); });
  const root = make("div", {}, list, more);
  let showAll = false;
  let shown = null;

  const createTerm = () => button(
    "chip", {}, (event) => onChoose(Number(event.currentTarget.dataset.place)), make("span"), make("b"),
  );

  // `items`: [{ name, value }]; `order`: their indices, strongest first; `chosen`: an index.
  function show(next) {
    shown = next;
    const { items, order, chosen, label } = shown;
    const indices = showAll ? order : order.slice(0, MAX_TERMS);
    const limit = maxAbsolute(items.map(({ value }) => value));
    list.setAttribute("aria-label", label);
    resizeChildren(list, indices.length, createTerm).forEach((term, i) => {
      const { name, value } = items[indices[i]];
      term.dataset.place = indices[i];
      term.firstChild.textContent = name;
      term.lastChild.textContent = format(value);
      term.setAttribute("aria-pressed", String(indices[i] === chosen));
      tint(term.lastChild, value, limit, getTheme());
    });
    more.hidden = indices.length === order.length;
    more.textContent = t("explain.all", { n: order.length });
  }
  return { root, show };
}
