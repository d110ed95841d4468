// Shows the confusion matrix of MNIST's test digits, and the digits of its chosen cell.
import { getJson } from "../api/client.js";
import { decodeBytes } from "../lib/decode.js";
import { count, t } from "../lib/i18n.js";
import { createLatestOnly } from "../lib/latest-only.js";
import { make } from "../lib/dom.js";
import { createProgress } from "./progress.js";
import { createConfusionMatrix, mostConfused } from "./mistakes/confusion-matrix.js";
import { digitToPicture } from "../photos/digit-image.js";
import { errorText } from "../api/error-text.js";
import { percent } from "../lib/number-format.js";
import { createDigitTiles } from "./digit-tiles.js";

const FIRST_CELL = { actual: 0, read: 0 };

export function create(root, context, { take }) {
  const [sum, wait, table, list] = [make("p.sum"), make("div"), make("table"), make("div")];
  const [title, hint] = [make("h3", { "aria-live": "polite" }), make("p.hint")];
  const spread = make("div.spread", { hidden: "" }, table, make("div.cell", {}, title, hint, list));
  root.append(make("h2", {}, t("mistakes.title")), sum, wait, spread);
  const progress = createProgress(wait, "mistakes.making");
  const matrix = createConfusionMatrix(table, { onChoose: choose });
  const tiles = createDigitTiles(list, {
    getTheme: context.getTheme, onChoose: (bytes) => take(() => digitToPicture(bytes)),
  });
  let model = null;
  let cell = null;
  let isChosenByHand = false; // then the cell stays when the network changes

  const failed = (error) => progress.showMessage(errorText(error).detail);
  const ask = (path) => (parameters, signal) =>
    progress.run(() => getJson(path, { model, ...parameters }, signal), signal);
  const matrixQuery = createLatestOnly({ send: ask("api/confusion"), done: showMatrix, failed });
  const digitsQuery = createLatestOnly({ send: ask("api/confusion/digits"), done: showDigits, failed });

  function showMatrix({ wrong, of, accuracy, wrong_unsure: unsure, counts }) {
    root.classList.remove("stale");
    spread.hidden = false;
    sum.textContent = t("mistakes.sum", {
      wrong: count(wrong), of: count(of), accuracy: accuracy.toFixed(2), unsure: count(unsure),
    });
    matrix.show(counts);
    choose(isChosenByHand ? cell : mostConfused(counts) ?? FIRST_CELL, isChosenByHand);
  }

  function choose(next, byHand = true) {
    [cell, isChosenByHand] = [next, byHand];
    title.textContent = matrix.mark(cell);
    digitsQuery.cancel();
    digitsQuery.ask(cell);
  }

  function showDigits({ actual, read, total, digits, images }) {
    const order = t(actual === read ? "mistakes.least_sure" : "mistakes.surest", { count: digits.length });
    hint.textContent = total === 0 ? "" : order;
    list.setAttribute("aria-label", title.textContent);
    tiles.show(decodeBytes(images.data), digits.map(({ row, sure, probabilities }) => {
      const share = percent(probabilities[read]);
      const label = t(sure ? "mistakes.tile" : "mistakes.tile_unsure", { row, read, percent: share });
      return { what: sure ? read : `${read}?`, how: `${share} %`, label, apart: false };
    }));
  }

  return {
    paint: tiles.paint,
    update() {
      const name = context.model()?.name ?? null;
      if (name === model || name === null) return;
      model = name;
      root.classList.add("stale");
      digitsQuery.cancel();
      matrixQuery.cancel();
      matrixQuery.ask({});
    },
  };
}
