// The training digits that the network finds most like the drawing: near it in what its last layer judges by.
import { createDrawingQuery } from "../api/drawing-query.js";
import { decodeBytes } from "../lib/decode.js";
import { count, t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createMaking } from "./progress.js";
import { digitToPicture } from "../photos/digit-image.js";
import { errorText } from "../api/error-text.js";
import { createTiles } from "./digit-tiles.js";

// The digits that got votes, the most first: [[digit, votes], …]
export const ranked = (votes) =>
  votes.map((number, digit) => [digit, number]).filter(([, number]) => number > 0).sort((a, b) => b[1] - a[1]);

export function create(root, page, { take }) {
  const [votes, meaning, wait] = [make("p.votes"), make("p.meaning"), make("div")];
  const list = make("div", { "aria-label": t("neighbours.tiles") });
  root.append(make("h2", {}, t("neighbours.title")), votes, wait, list, meaning);
  const making = createMaking(wait, "neighbours.making");
  const tiles = createTiles(list, { getTheme: page.getTheme, onChoose: (bytes) => take(() => digitToPicture(bytes)) });

  function showVotes(answer) {
    votes.replaceChildren(...ranked(answer.votes).map(([digit, number]) => {
      const vote = make("span", {}, t("neighbours.vote", { digit, count: number, of: answer.neighbours.length }));
      vote.style.setProperty("--share", number / answer.neighbours.length);
      return vote;
    }));
  }

  function clear(invitation = "") {
    votes.textContent = invitation;
    meaning.textContent = "";
    tiles.show(new Uint8Array(), []);
  }

  function show(answer) {
    making.hide();
    if (!answer) return clear(t("neighbours.empty"));
    const [[favourite]] = ranked(answer.votes);
    showVotes(answer);
    tiles.show(decodeBytes(answer.images.data), answer.neighbours.map(({ label, similarity, row }) => {
      const how = similarity.toFixed(2);
      return { what: label, how, label: t("neighbours.tile", { label, similarity: how, row }), apart: label !== favourite };
    }));
    const { layer, features, of } = answer;
    meaning.textContent = t("neighbours.meaning", { layer, features: count(features), of: count(of) });
  }

  const asking = createDrawingQuery(page, {
    ask(signal) {
      if (!meaning.textContent) votes.textContent = ""; // no invitation any more
      return making.ask(() => page.ask("api/neighbours", {}, signal), signal);
    },
    show,
    fail(error) {
      clear();
      making.say(errorText(error).detail);
    },
  });

  return { paint: tiles.paint, update: asking.update };
}
