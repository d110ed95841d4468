// Builds the form with the options of a training.
import { count, has, t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";

const DIGITS = [100, 1000, 5000, 20000, 55000];
const AUGMENT = ["none", "light", "strong"];
const OPTIMIZERS = { adam: "Adam", adamw: "AdamW", sgd: "SGD" };
const INITIAL = { network: "two_conv", digits: 55000, augment: "none", epochs: 3 };
// Few digits and many epochs: the network memorizes them and does not improve on others.
export const OVERFITTING = {
  network: "mlp", lr: 0.003, batch_size: 32, optimizer: "adam", digits: 1000, augment: "none", epochs: 40,
};

const select = (choices) => make("select", {}, ...choices.map(([value, text]) => make("option", { value }, text)));
const number = ([min, max], step) =>
  make("input", { type: "number", min, max, step, required: "", inputmode: "decimal" });
const title = (name) => (has(`models.${name}`) ? t(`models.${name}`) : name);

// `options`: /api/training, its defaults and bounds. `onSubmit()`: all values are valid and the start button is
// pressed.
export function createTrainingForm(root, options, { onSubmit }) {
  const fields = {
    network: select(Object.keys(options.defaults).map((name) => [name, title(name)])),
    digits: select(DIGITS.map((n) => [n, count(n)])),
    augment: select(AUGMENT.map((name) => [name, t(`learn.augment_${name}`)])),
    epochs: number(options.bounds.epochs, 1),
    lr: number(options.bounds.lr, "any"),
    batch_size: number(options.bounds.batch_size, 1),
    optimizer: select(Object.entries(OPTIMIZERS)),
  };
  const form = make("form", { class: "learn-form" }, ...Object.entries(fields).map(([name, field]) =>
    make("label", { class: name }, make("span", {}, t(`learn.${name}`)), field)));
  const start = make("button", { class: "start" }, t("learn.start"));
  form.append(start);
  root.append(form);

  function set(values) {
    const all = values.network ? { ...options.defaults[values.network], ...values } : values;
    for (const [name, value] of Object.entries(all)) if (fields[name]) fields[name].value = String(value);
  }

  fields.network.addEventListener("change", () => set(options.defaults[fields.network.value]));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit();
  });
  set(INITIAL);

  return {
    set,
    values: () => Object.fromEntries(Object.entries(fields).map(([name, { value }]) =>
      [name, ["network", "augment", "optimizer"].includes(name) ? value : Number(value)])),
    lock(locked) {
      for (const field of [...Object.values(fields), start]) field.disabled = locked;
    },
  };
}
