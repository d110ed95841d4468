// Shows one map enlarged beside its place in the layer, with its range. It is updated while the numbers change.
import { colorMaps } from "./map-atlas.js";
import { mapRange, valueAt } from "../lib/decode.js";
import { t } from "../lib/i18n.js";
import { signed } from "../lib/number-format.js";

const MARGIN_PX = 12;
const SMALL_MAP_PX = 40; // beside narrower maps the tooltip is smaller, to cover fewer of them

// `isDigit`: the cells are the ten digits and count from 0.
function caption(layer, map, isDigit) {
  const kind = layer.height > 1 ? "map" : isDigit ? "digit" : "number";
  const name = t(`zoom.${kind}`, { name: layer.name, number: isDigit ? map : map + 1 });
  if (!layer.bytes) return [name, t("zoom.nothing")];
  if (layer.height === 1) return [name, signed(valueAt(layer, map))];
  const { low, high } = mapRange(layer, map);
  return [name, t("zoom.range", { low: signed(low), high: signed(high) })];
}

export function createMapTooltip(card, { colorOptions }) {
  const canvas = card.querySelector("canvas");
  const [title, range] = card.querySelectorAll("span");
  const context = canvas.getContext("2d");
  let shown = null;

  function place() {
    const box = shown.boxOf();
    card.classList.toggle("small", box.width < SMALL_MAP_PX);
    card.hidden = !shown.layer.bytes || box.bottom < 0 || box.top > innerHeight;
    const { width, height } = card.getBoundingClientRect();
    const fitsRight = box.right + MARGIN_PX + width < innerWidth;
    const left = fitsRight ? box.right + MARGIN_PX : box.left - MARGIN_PX - width;
    const clamp = (value, most) => Math.max(MARGIN_PX, Math.min(value, most - MARGIN_PX));
    card.style.left = `${clamp(left, innerWidth - width)}px`;
    card.style.top = `${clamp(box.top + box.height / 2 - height / 2, innerHeight - height)}px`;
  }

  function paint() {
    if (!shown) return;
    const { layer, map, isDigit } = shown;
    [title.textContent, range.textContent] = caption(layer, map, isDigit);
    const hasPicture = layer.height > 1 && Boolean(layer.bytes);
    canvas.hidden = !hasPicture;
    if (!hasPicture) return;
    canvas.width = layer.width;
    canvas.height = layer.height;
    const image = context.createImageData(layer.width, layer.height);
    const size = layer.width * layer.height;
    const bytes = layer.bytes.subarray(map * size, (map + 1) * size);
    const { theme, scale } = colorOptions();
    colorMaps({ ...layer, bytes, count: 1 }, scale, theme, new Uint32Array(image.data.buffer));
    context.putImageData(image, 0, 0);
  }

  addEventListener("scroll", () => { if (shown) place(); }, { passive: true });

  return {
    // Shows a map. `boxOf()` returns its rectangle in the window. Returns the spoken text.
    show(layer, map, boxOf, isDigit) {
      shown = { layer, map, boxOf, isDigit };
      paint();
      place();
      const [name, numbers] = caption(layer, map, isDigit);
      return t("zoom.said", { title: name, range: numbers });
    },
    // Updates the tooltip if it shows this layer.
    refresh(layer) {
      if (shown?.layer.name !== layer.name) return;
      shown.layer = layer;
      paint();
      place();
    },
    hide() {
      shown = null;
      card.hidden = true;
    },
  };
}
