// The training digits that the network finds most like the drawing: near it in what its last layer judges by.
import { createAsking } from "../asking.js";
import { decodeBytes } from "../decode.js";
import { count, t } from "../lang.js";
import { createMaking } from "../making.js";
import { pictureOfDigit } from "../mnist.js";
import { problemText } from "../problems.js";
import { createTiles } from "../tiles.js";

const add = (root, kind, more = {}) => root.appendChild(Object.assign(document.createElement(kind), more));

// The digits that got votes, the most first: [[digit, votes], …]
export const ranked = (votes) =>
  votes.map((number, digit) => [digit, number]).filter(([, number]) => number > 0).sort((a, b) => b[1] - a[1]);

export function create(root, page) {
  add(root, "h2", { textContent: t("neighbours.title") });
  const votes = add(root, "p", { className: "votes" });
  const making = createMaking(add(root, "div"), "neighbours.making");
  const tiles = createTiles(add(root, "div"), {
    getTheme: page.getTheme, onChoose: (bytes) => page.take(() => pictureOfDigit(bytes)),
  });
  const meaning = add(root, "p", { className: "meaning" });
  root.querySelector(".tiles").setAttribute("aria-label", t("neighbours.tiles"));

  function showVotes(answer) {
    votes.replaceChildren(...ranked(answer.votes).map(([digit, number]) => {
      const vote = document.createElement("span");
      vote.textContent = t("neighbours.vote", { digit, count: number, of: answer.neighbours.length });
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

  const asking = createAsking(page, {
    ask(signal) {
      if (!meaning.textContent) votes.textContent = ""; // no invitation any more
      return making.ask(() => page.ask("api/neighbours", {}, signal), signal);
    },
    show,
    fail(error) {
      clear();
      making.say(problemText(error).detail);
    },
  });

  return { paint: tiles.paint, update: asking.update };
}
