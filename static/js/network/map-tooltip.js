// One map, enlarged beside its place in the layer, with its range. The card follows the numbers while they change.
import { paintMaps } from "./map-atlas.js";
import { mapRange, valueAt } from "../lib/decode.js";
import { t } from "../lib/i18n.js";
import { signed } from "./layer-text.js";

const MARGIN = 12;

function caption(layer, map, marks) {
  const what = layer.height > 1 ? "map" : marks ? "digit" : "number";
  const name = t(`zoom.${what}`, { name: layer.name, number: marks ? map : map + 1 });
  if (!layer.bytes) return [name, t("zoom.nothing")];
  if (layer.height === 1) return [name, signed(valueAt(layer, map))];
  const { low, high } = mapRange(layer, map);
  return [name, t("zoom.range", { low: signed(low), high: signed(high) })];
}

export function createZoom(card, { colorOptions }) {
  const canvas = card.querySelector("canvas");
  const [title, range] = card.querySelectorAll("span");
  const context = canvas.getContext("2d");
  let shown = null;

  function place() {
    const box = shown.boxOf();
    card.classList.toggle("small", box.width < 40); // among small maps a large one would hide too many
    card.hidden = !shown.layer.bytes || box.bottom < 0 || box.top > innerHeight;
    const { width, height } = card.getBoundingClientRect();
    const right = box.right + MARGIN + width < innerWidth;
    const left = right ? box.right + MARGIN : box.left - MARGIN - width;
    const clamp = (value, most) => Math.max(MARGIN, Math.min(value, most - MARGIN));
    card.style.left = `${clamp(left, innerWidth - width)}px`;
    card.style.top = `${clamp(box.top + box.height / 2 - height / 2, innerHeight - height)}px`;
  }

  function paint() {
    if (!shown) return;
    const { layer, map, marks } = shown;
    [title.textContent, range.textContent] = caption(layer, map, marks);
    const large = layer.height > 1 && Boolean(layer.bytes);
    canvas.hidden = !large;
    if (!large) return;
    canvas.width = layer.width;
    canvas.height = layer.height;
    const image = context.createImageData(layer.width, layer.height);
    const size = layer.width * layer.height;
    const bytes = layer.bytes.subarray(map * size, (map + 1) * size);
    const { theme, scale } = colorOptions();
    paintMaps({ ...layer, bytes, count: 1 }, scale, theme, new Uint32Array(image.data.buffer));
    context.putImageData(image, 0, 0);
  }

  addEventListener("scroll", () => { if (shown) place(); }, { passive: true });

  return {
    // `boxOf()` is the map's place on the screen.
    show(layer, map, boxOf, marks) {
      shown = { layer, map, boxOf, marks };
      paint();
      place();
      const [name, numbers] = caption(layer, map, marks);
      return t("zoom.said", { title: name, range: numbers });
    },
    // New numbers for the layer that is shown.
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
