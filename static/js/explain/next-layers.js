// What a layer does to one number, with the numbers in place; and what the layers right behind make of it.
import { t } from "../lib/i18n.js";
import { button, resizeChildren, make } from "../lib/dom.js";
import { normalised } from "./layer-math.js";

const bracket = (text) => (text.startsWith("−") ? `(${text})` : text);

function batchnormText(x, norm, write) {
  const [mean, variance, epsilon, weight, bias] = ["mean", "variance", "epsilon", "weight", "bias"]
    .map((name) => bracket(name === "epsilon" ? String(norm[name]) : write(norm[name])));
  return `(${write(x)} − ${mean}) ÷ √(${variance} + ${epsilon}) × ${weight} + ${bias} = ${write(normalised(x, norm))}`;
}

export function stepText({ kind, norm }, x, write) {
  if (kind === "batchnorm") return batchnormText(x, norm, write);
  return kind === "relu" ? `max(0, ${write(x)}) = ${write(Math.max(0, x))}` : `${write(x)} = ${write(x)}`;
}

// A line for each layer right behind: its name and what it makes of the number. `go(layer)` opens it there.
export function createSteps({ write, go }) {
  const root = make("ul.onward");
  return {
    root,
    // `x`: the number · `at`: its place in the map
    show(after, x, at) {
      let value = x;
      resizeChildren(root, after.length, () => {
        const name = button("", {}, () => go(name.textContent));
        return make("li", {}, name, make("span"));
      }).forEach((line, i) => {
        line.firstChild.textContent = after[i].layer;
        line.firstChild.title = t("explain.open", { name: after[i].layer });
        line.lastChild.textContent = stepText(after[i], value, write);
        value = after[i].values[at];
      });
    },
  };
}
