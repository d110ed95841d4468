// Fills the select of networks and reports the choice.
import { count, has, t } from "../lib/i18n.js";

// Returns a network's title: translated for a built-in architecture, else as the server names it.
export function modelTitle({ name, title }) {
  const isTranslated = has(`models.${name}`) && !title.startsWith(`${name} (`);
  return isTranslated ? t(`models.${name}`) : title;
}

export function modelDescription(model) {
  const accuracy = model.test_accuracy === null ? [] : [`${model.test_accuracy.toFixed(2)} %`];
  return [modelTitle(model), t("layer.parameters", { count: count(model.parameters) }), ...accuracy].join(" · ");
}

export function attachModelSelect(select, { onChoose }) {
  let shownModels = null;
  select.addEventListener("change", () => onChoose(select.value));
  return {
    show(models, name) {
      if (models !== shownModels) {
        select.replaceChildren(...models.map((model) => new Option(modelDescription(model), model.name)));
        select.disabled = false;
        shownModels = models;
      }
      select.value = name;
    },
  };
}
