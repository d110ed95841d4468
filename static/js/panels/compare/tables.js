// Builds the tables of the comparison: one series for each kind of perturbation, and the summary.
import { decodeBytes } from "../../lib/decode.js";
import { inkTable } from "../../lib/colormap.js";
import { t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";
import { createCanvas } from "../../lib/canvas.js";
import { paintBytes } from "../../lib/canvas-painting.js";
import { INPUT_SIDE } from "../../drawing/coordinates.js";
import { formatAmount, GROUPS } from "./robustness.js";

const groupOf = (kind) => Object.keys(GROUPS).find((group) => GROUPS[group].includes(kind));
const amountWithUnit = (group, amount) => t(`compare.units.${group}`, { amount: formatAmount(amount) });

const bytesOf = new WeakMap(); // canvas → its bytes, for another theme

function thumbnail({ image }) {
  const { canvas } = createCanvas(INPUT_SIDE);
  canvas.setAttribute("aria-hidden", "true");
  bytesOf.set(canvas, decodeBytes(image.data));
  return canvas;
}

export function paintThumbnails(root, theme) {
  for (const canvas of root.querySelectorAll("canvas")) {
    paintBytes(canvas, bytesOf.get(canvas), [INPUT_SIDE, INPUT_SIDE], inkTable(theme));
  }
}

// `original`: the network's prediction for the unperturbed drawing.
function predictionCell({ digit, sure, probability }, original) {
  const classes = [digit === original ? "kept" : "changed", ...(sure ? [] : ["unsure"])];
  const cell = make("td", {}, make("span", { class: classes.join(" ") }, String(digit)));
  cell.title = t(sure ? "compare.cell" : "compare.cell_unsure", { digit, percent: (100 * probability).toFixed(0) });
  return cell;
}

// The drawings of one kind of perturbation, from weak to strong, and the predictions of each network. `columns`: of the
// longest series, so that equal steps of all series are aligned.
export function seriesTable(kind, series, { models, readings }, columns) {
  const group = groupOf(kind);
  const padding = Array.from({ length: columns - series.length }, () => make("td"));
  const pictures = series.map((variation) => {
    const caption = make("small", {}, amountWithUnit(group, variation.amount));
    return make("th", { scope: "col" }, thumbnail(variation), caption);
  });
  const rows = models.map((model, i) => make("tr", {}, make("th", { scope: "row" }, model),
    ...series.map((variation) => predictionCell(variation.readings[i], readings[i].digit))));
  return make("table", { class: "steps" },
    make("caption", {}, t(`compare.kinds.${kind}`)),
    make("thead", {}, make("tr", {}, make("td"), ...pictures, ...padding)),
    make("tbody", {}, ...rows));
}

function limitCell(group, { amount, keptAll }) {
  if (amount === null) return make("td", {}, t("compare.not_at_all"));
  const text = amountWithUnit(group, amount);
  return make("td", {}, keptAll ? t("compare.whole", { amount: text }) : text);
}

// `networks`: [{ model, ...robustness }], see robustness.js.
export function summaryTable(networks) {
  const groups = Object.keys(GROUPS).filter((group) => networks.every(({ limits }) => limits[group]));
  const titles = [
    t("compare.network"), t("compare.reads"), t("compare.keeps"),
    ...groups.map((group) => t(`compare.groups.${group}`)),
  ];
  const head = titles.map((title) => make("th", { scope: "col" }, title));
  const rows = networks.map(({ model, digit, kept, total, limits }) => make("tr", {},
    make("th", { scope: "row" }, model), make("td", {}, make("b", {}, String(digit))),
    make("td", {}, t("compare.of", { kept, many: total })),
    ...groups.map((group) => limitCell(group, limits[group]))));
  return make("table", { class: "limits" },
    make("caption", {}, t("compare.limits")), make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}
