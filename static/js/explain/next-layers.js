// Shows what the elementwise layers after a cell make of its number, as formulas.
import { t } from "../lib/i18n.js";
import { button, make, resizeChildren } from "../lib/dom.js";
import { batchNormalize } from "./layer-math.js";

const bracket = (text) => (text.startsWith("−") ? `(${text})` : text);

function batchNormText(x, norm, format) {
  const [mean, variance, epsilon, weight, bias] = ["mean", "variance", "epsilon", "weight", "bias"]
    .map((name) => bracket(name === "epsilon" ? String(norm[name]) : format(norm[name])));
  const result = format(batchNormalize(x, norm));
  return `(${format(x)} − ${mean}) ÷ √(${variance} + ${epsilon}) × ${weight} + ${bias} = ${result}`;
}

// The formula of an elementwise layer for the number x.
export function elementwiseText({ kind, norm }, x, format) {
  if (kind === "batchnorm") return batchNormText(x, norm, format);
  return kind === "relu" ? `max(0, ${format(x)}) = ${format(Math.max(0, x))}` : `${format(x)} = ${format(x)}`;
}

// A line for each following layer: its name and its formula. `onOpen(layer)`: its name is clicked.
export function createNextLayers({ format, onOpen }) {
  const root = make("ul.onward");
  return {
    root,
    // `x`: the number; `index`: its index in the map.
    show(layers, x, index) {
      let value = x;
      resizeChildren(root, layers.length, () => {
        const name = button("", {}, () => onOpen(name.textContent));
        return make("li", {}, name, make("span"));
      }).forEach((line, i) => {
        line.firstChild.textContent = layers[i].layer;
        line.firstChild.title = t("explain.open", { name: layers[i].layer });
        line.lastChild.textContent = elementwiseText(layers[i], value, format);
        value = layers[i].values[index];
      });
    },
  };
}
