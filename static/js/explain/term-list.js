// The terms of a long sum, the strongest first: each with its number in its colour, to be chosen.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { button, resizeChildren, make } from "../lib/dom.js";
import { tint } from "./map-painting.js";

const FEW = 128; // more are shown when asked for

export function createChips({ getTheme, write, onChoose }) {
  const list = make("div.chips", { role: "group" });
  const more = button("more", {}, () => { all = true; show(now); });
  const root = make("div", {}, list, more);
  let all = false;
  let now = null;

  // items: { name, value } in their own order; `order`: their places, the strongest first; `chosen`: a place.
  function show(next) {
    now = next;
    const { items, order, chosen, label } = now;
    const shown = all ? order : order.slice(0, FEW);
    const limit = maxAbsolute(items.map(({ value }) => value));
    list.setAttribute("aria-label", label);
    resizeChildren(list, shown.length, () => button("chip", {}, (event) => onChoose(Number(event.currentTarget.dataset.place)), make("span"), make("b")))
      .forEach((chip, i) => {
        const { name, value } = items[shown[i]];
        chip.dataset.place = shown[i];
        chip.firstChild.textContent = name;
        chip.lastChild.textContent = write(value);
        chip.setAttribute("aria-pressed", String(shown[i] === chosen));
        tint(chip.lastChild, value, limit, getTheme());
      });
    more.hidden = shown.length === order.length;
    more.textContent = t("explain.all", { n: order.length });
  }
  return { root, show };
}
