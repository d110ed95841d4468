// What the network makes of MNIST's test digits: which it takes for which, and each of those digits, for the pad.
import { getJson } from "../api/client.js";
import { decodeBytes } from "../lib/decode.js";
import { count, t } from "../lib/i18n.js";
import { createLatestOnly } from "../lib/latest-only.js";
import { make } from "../lib/dom.js";
import { createMaking } from "./progress.js";
import { createMatrix, worstCell } from "./mistakes/confusion-matrix.js";
import { digitToPicture } from "../photos/digit-image.js";
import { errorText } from "../api/error-text.js";
import { percent } from "../prediction/probability-bars.js";
import { createTiles } from "./digit-tiles.js";

export function create(root, page, { take }) {
  const [sum, wait, table, list] = [make("p.sum"), make("div"), make("table"), make("div")];
  const [title, hint] = [make("h3", { "aria-live": "polite" }), make("p.hint")];
  const spread = make("div.spread", { hidden: "" }, table, make("div.cell", {}, title, hint, list));
  root.append(make("h2", {}, t("mistakes.title")), sum, wait, spread);
  const making = createMaking(wait, "mistakes.making");
  const matrix = createMatrix(table, { onChoose: choose });
  const tiles = createTiles(list, { getTheme: page.getTheme, onChoose: (bytes) => take(() => digitToPicture(bytes)) });
  let [model, cell, chosen] = [null, null, false];

  const failed = (error) => making.say(errorText(error).detail);
  const ask = (path) => (parameters, signal) => making.ask(() => getJson(path, { model, ...parameters }, signal), signal);
  const all = createLatestOnly({ send: ask("api/confusion"), done: showAll, failed });
  const some = createLatestOnly({ send: ask("api/confusion/digits"), done: showSome, failed });

  function showAll(answer) {
    root.classList.remove("stale");
    spread.hidden = false;
    const { wrong, of, accuracy } = answer;
    sum.textContent = t("mistakes.sum", {
      wrong: count(wrong), of: count(of), accuracy: accuracy.toFixed(2), unsure: count(answer.wrong_unsure),
    });
    matrix.show(answer.counts);
    choose(chosen ? cell : worstCell(answer.counts) ?? { actual: 0, read: 0 }, chosen);
  }

  function choose(to, byHand = true) {
    [cell, chosen] = [to, byHand];
    title.textContent = matrix.mark(cell);
    some.cancel();
    some.ask(cell);
  }

  function showSome(answer) {
    const { actual, read, total, digits, images } = answer;
    const order = t(actual === read ? "mistakes.least_sure" : "mistakes.surest", { count: digits.length });
    hint.textContent = total === 0 ? "" : order;
    list.setAttribute("aria-label", title.textContent);
    tiles.show(decodeBytes(images.data), digits.map(({ row, sure, probabilities }) => {
      const how = percent(probabilities[read]);
      const label = t(sure ? "mistakes.tile" : "mistakes.tile_unsure", { row, read, percent: how });
      return { what: sure ? read : `${read}?`, how: `${how} %`, label, apart: false };
    }));
  }

  return {
    paint: tiles.paint,
    update() {
      const now = page.model()?.name ?? null;
      if (now === model || now === null) return;
      model = now;
      root.classList.add("stale");
      some.cancel();
      all.cancel();
      all.ask({});
    },
  };
}
