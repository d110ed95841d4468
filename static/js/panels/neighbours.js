// Shows the training digits most similar to the drawing, by the features before the last layer.
import { createDrawingQuery } from "../api/drawing-query.js";
import { decodeBytes } from "../lib/decode.js";
import { count, t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createProgress } from "./progress.js";
import { digitToPicture } from "../photos/digit-image.js";
import { errorText } from "../api/error-text.js";
import { createDigitTiles } from "./digit-tiles.js";

// Returns [[digit, votes], …] of the digits with votes, most votes first.
export const rankVotes = (votes) =>
  votes.map((number, digit) => [digit, number]).filter(([, number]) => number > 0).sort((a, b) => b[1] - a[1]);

export function create(root, context, { take }) {
  const [votes, meaning, wait] = [make("p.votes"), make("p.meaning"), make("div")];
  const list = make("div", { "aria-label": t("neighbours.tiles") });
  root.append(make("h2", {}, t("neighbours.title")), votes, wait, list, meaning);
  const progress = createProgress(wait, "neighbours.making");
  const tiles = createDigitTiles(list, {
    getTheme: context.getTheme, onChoose: (bytes) => take(() => digitToPicture(bytes)),
  });

  function showVotes({ votes: counts, neighbours }) {
    votes.replaceChildren(...rankVotes(counts).map(([digit, number]) => {
      const vote = make("span", {}, t("neighbours.vote", { digit, count: number, of: neighbours.length }));
      vote.style.setProperty("--share", number / neighbours.length);
      return vote;
    }));
  }

  function clear(text = "") {
    votes.textContent = text;
    meaning.textContent = "";
    tiles.show(new Uint8Array(), []);
  }

  function show(answer) {
    progress.hide();
    if (!answer) return clear(t("neighbours.empty"));
    const [[winner]] = rankVotes(answer.votes);
    showVotes(answer);
    tiles.show(decodeBytes(answer.images.data), answer.neighbours.map(({ label, similarity, row }) => {
      const how = similarity.toFixed(2);
      const spoken = t("neighbours.tile", { label, similarity: how, row });
      return { what: label, how, label: spoken, apart: label !== winner };
    }));
    const { layer, features, of } = answer;
    meaning.textContent = t("neighbours.meaning", { layer, features: count(features), of: count(of) });
  }

  const query = createDrawingQuery(context, {
    ask(signal) {
      if (!meaning.textContent) votes.textContent = ""; // removes the invitation to draw
      return progress.run(() => context.ask("api/neighbours", {}, signal), signal);
    },
    show,
    fail(error) {
      clear();
      progress.showMessage(errorText(error).detail);
    },
  });

  return { paint: tiles.paint, update: query.update };
}
