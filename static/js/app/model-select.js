// The choice of the network.
import { count, has, t } from "../lib/i18n.js";

// A network of the zoo has its name in the page's language; the server names any other.
export function titleOf({ name, title }) {
  const known = has(`models.${name}`) && !title.startsWith(`${name} (`);
  return known ? t(`models.${name}`) : title;
}

export function describe(model) {
  const accuracy = model.test_accuracy === null ? [] : [`${model.test_accuracy.toFixed(2)} %`];
  return [titleOf(model), t("layer.parameters", { count: count(model.parameters) }), ...accuracy].join(" · ");
}

export function attachModel(select, { onChoose }) {
  let listed = null;
  select.addEventListener("change", () => onChoose(select.value));
  return {
    show(models, name) {
      if (models !== listed) {
        select.replaceChildren(...models.map((model) => new Option(describe(model), model.name)));
        select.disabled = false;
        listed = models;
      }
      select.value = name;
    },
  };
}
