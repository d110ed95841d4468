// What a lesson can notice. A card's `done` is a condition; all its parts must hold:
//   drawn: true | false | "anew"       there is ink; "anew": other ink than when the card came up
//   digit: 7 | [7, 9] | "other"        the network reads this digit, one of these, another than when the card came up
//   sure: true | false                 it is sure of it or not
//   share: { digit, above, below }     the probability of a digit, or of the "second" best, 0 to 1
//   state: { panel: "why", … }         fields of the page's state have these values
//   opened: "conv" | ["conv", "pool"]  a map of a layer of this kind is open; with cell: true one of its cells is, with
//   cell, layer                        layer: "conv2" or a list it is a map of this layer
//   pixel: { above, below }            the pixel of the 28 × 28 that is pointed at has such a number
//   moment: { above, below }           the timeline shows the network after so many images
//   settled: true                      … and it is the moment from which on it reads the drawing as it does in the end
//   any, all: [conditions]             one of them holds; each of them holds
import { decodeBytes } from "../lib/decode.js";

const oneOf = (wanted, value) => (Array.isArray(wanted) ? wanted : [wanted]).includes(value);
const between = ({ above = -Infinity, below = Infinity }, value) => value !== null && value > above && value < below;

function shareOf(wanted, shares) {
  if (!shares) return null;
  return wanted === "second" ? [...shares].sort((a, b) => b - a)[1] : shares[wanted];
}

const PARTS = {
  drawn: (wanted, now, start) => (wanted === "anew" ? now.drawn && now.drawing !== start.drawing : now.drawn === wanted),
  digit: (wanted, now, start) =>
    now.digit !== null && (wanted === "other" ? now.digit !== start.digit : oneOf(wanted, now.digit)),
  sure: (wanted, now) => now.sure === wanted,
  share: (wanted, now) => between(wanted, shareOf(wanted.digit, now.shares)),
  state: (wanted, now) => Object.entries(wanted).every(([name, value]) => (now.state[name] ?? null) === value),
  opened: (wanted, now) => now.open !== null && oneOf(wanted, now.open.kind),
  cell: (wanted, now) => now.open !== null && now.open.cell === wanted,
  layer: (wanted, now) => now.open !== null && oneOf(wanted, now.open.layer),
  pixel: (wanted, now) => between(wanted, now.pixel),
  moment: (wanted, now) => between(wanted, now.moment?.digits ?? null),
  settled: (wanted, now) => (now.moment?.settled ?? false) === wanted,
  any: (wanted, now, start) => wanted.some((each) => isDone(each, now, start)),
  all: (wanted, now, start) => wanted.every((each) => isDone(each, now, start)),
};

// `now` and `start` are facts: of this moment, and of the moment when the card came up.
export const isDone = (condition, now, start) =>
  Object.entries(condition).every(([part, wanted]) => PARTS[part](wanted, now, start));

export const PARTS_KNOWN = Object.keys(PARTS);

function openOf({ open, model, models }) {
  if (!open) return null;
  const kind = models?.find(({ name }) => name === model)?.layers.find(({ name }) => name === open.layer)?.kind ?? null;
  return { kind, layer: open.layer, cell: Boolean(open.cell) };
}

function pixelOf({ pixel, answer }) {
  if (!pixel) return null;
  const [y, x] = pixel;
  return answer ? decodeBytes(answer.input.data)[y * answer.input.shape[1] + x] / 255 : 0;
}

// The facts of a state of the page. While the pen is down nothing is drawn yet: a 1 may be on its way to a 4.
export function factsOf(state) {
  const { history, stroke } = state;
  const { strokes, picture } = history.present;
  const drawn = !stroke && (strokes.length > 0 || picture !== null);
  const answer = drawn ? state.answer : null;
  return {
    state, drawn,
    drawing: history.present,
    digit: answer?.digit ?? null,
    sure: answer?.sure ?? null,
    shares: answer?.probabilities ?? null,
    open: openOf(state),
    pixel: pixelOf(state),
    moment: state.moment ?? null,
  };
}
