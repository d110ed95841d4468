// The choice of the network.
import { count } from "./words.js";

export function describe(model) {
  const accuracy = model.test_accuracy === null ? [] : [`${model.test_accuracy.toFixed(2)} %`];
  return [model.title, `${count(model.parameters)} parameters`, ...accuracy].join(" · ");
}

export function attachModel(select, { onChoose }) {
  select.addEventListener("change", () => onChoose(select.value));
  return {
    show(models, name) {
      if (select.disabled) {
        select.replaceChildren(...models.map((model) => new Option(describe(model), model.name)));
        select.disabled = false;
      }
      select.value = name;
    },
  };
}
