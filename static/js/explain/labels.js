// Names maps, cells and digits in the language of the web page.
import { t } from "../lib/i18n.js";
import { OUTPUT_LAYERS } from "../network/layer-text.js";

export const isVector = (spec) => spec.shape.length === 1;

// The name of a map, of a number in a vector, or of one of the ten digits.
export function mapName(layers, layer, map) {
  if (layer === "normalize") return t("explain.picture");
  if (OUTPUT_LAYERS.has(layer)) return t("explain.digit", { layer, n: map });
  const spec = layers.find(({ name }) => name === layer);
  return t(isVector(spec) ? "explain.number" : "explain.map", { layer, n: map + 1 });
}

export const cellName = ([y, x]) => t("explain.cell", { row: y + 1, column: x + 1 });

// Returns the maps whose flattened values are the input of layers[at]: { layer, shape: [count, height, width] }.
// Returns null where a linear layer lies between, and where the input is not flattened.
export function mapsBeforeFlatten(layers, at) {
  for (let i = at - 1; i >= 0; i -= 1) {
    if (layers[i].kind === "linear") return null;
    if (layers[i].kind === "flatten") {
      if (i === 0) return { layer: "normalize", shape: [1, 28, 28] };
      return { layer: layers[i - 1].name, shape: layers[i - 1].shape };
    }
  }
  return null;
}
