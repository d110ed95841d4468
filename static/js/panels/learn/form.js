// What can be chosen before a training starts.
import { count, has, t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";

const DIGITS = [100, 1000, 5000, 20000, 55000];
const AUGMENT = ["none", "light", "strong"];
const OPTIMIZERS = { adam: "Adam", adamw: "AdamW", sgd: "SGD", muon: "Muon" };
const START = { network: "two_conv", digits: 55000, augment: "none", epochs: 3 };
// Few digits, met often: they are known by heart in the end, and others are read no better.
export const OVERFITTING = { network: "mlp", lr: 0.003, batch_size: 32, optimizer: "adam", digits: 1000, augment: "none", epochs: 40 };

const choose = (options) => make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
const number = ([min, max], step) => make("input", { type: "number", min, max, step, required: "", inputmode: "decimal" });
const title = (name) => (has(`models.${name}`) ? t(`models.${name}`) : name);

// `known`: what /api/training tells of defaults and bounds. `onSubmit()`: start.
export function createForm(root, known, { onSubmit }) {
  const fields = {
    network: choose(Object.keys(known.defaults).map((name) => [name, title(name)])),
    digits: choose(DIGITS.map((n) => [n, count(n)])),
    augment: choose(AUGMENT.map((name) => [name, t(`learn.augment_${name}`)])),
    epochs: number(known.bounds.epochs, 1),
    lr: number(known.bounds.lr, "any"),
    batch_size: number(known.bounds.batch_size, 1),
    optimizer: choose(Object.entries(OPTIMIZERS)),
  };
  const form = make("form", { class: "learn-form" }, ...Object.entries(fields).map(([name, field]) =>
    make("label", { class: name }, make("span", {}, t(`learn.${name}`)), field)));
  const start = make("button", { class: "start" }, t("learn.start"));
  form.append(start);
  root.append(form);

  function set(values) {
    const all = values.network ? { ...known.defaults[values.network], ...values } : values;
    for (const [name, value] of Object.entries(all)) if (fields[name]) fields[name].value = String(value);
  }

  fields.network.addEventListener("change", () => set(known.defaults[fields.network.value]));
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // only what is within its bounds gets here
    onSubmit();
  });
  set(START);

  return {
    set,
    values: () => Object.fromEntries(Object.entries(fields).map(([name, { value }]) =>
      [name, ["network", "augment", "optimizer"].includes(name) ? value : Number(value)])),
    lock(locked) {
      for (const field of [...Object.values(fields), start]) field.disabled = locked;
    },
  };
}
