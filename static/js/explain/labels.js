// What things are called, in the language of the page.
import { t } from "../lib/i18n.js";

export const isList = (spec) => spec.shape.length === 1;

// One map, one number of a list, or one of the ten digits.
export function nameOf(layers, layer, map) {
  if (layer === "normalize") return t("explain.picture");
  if (layer === "logits" || layer === "probabilities") return t("explain.digit", { layer, n: map });
  const spec = layers.find(({ name }) => name === layer);
  return t(isList(spec) ? "explain.number" : "explain.map", { layer, n: map + 1 });
}

export const cellName = ([y, x]) => t("explain.cell", { row: y + 1, column: x + 1 });

// The maps [count, height, width] of which the numbers that come into layers[at] are the flattened list, with the name of
// their layer; null where a linear layer has already mixed them, and where maps come in.
export function mapsBehind(layers, at) {
  for (let i = at - 1; i >= 0; i -= 1) {
    if (layers[i].kind === "linear") return null;
    if (layers[i].kind === "flatten") {
      return i > 0 ? { layer: layers[i - 1].name, shape: layers[i - 1].shape } : { layer: "normalize", shape: [1, 28, 28] };
    }
  }
  return null;
}
