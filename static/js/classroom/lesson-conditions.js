// Checks the conditions of lessons. A card's `done` is a condition; it holds when all its parts hold:
//   drawn: true | false | "anew"       there is ink; "anew": other ink than when the card was shown
//   digit: 7 | [7, 9] | "other"        the prediction is this digit, one of these, another than when the card was shown
//   sure: true | false                 the prediction is sure or not
//   share: { digit, above, below }     the probability, 0 to 1, of a digit or of the "second" best one
//   state: { panel: "why", … }         these fields of the state of the web page have these values
//   opened: "conv" | ["conv", "pool"]  a map of a layer of this kind is open
//   cell: true | false                 … and one of its cells is open or not
//   layer: "conv2" | […]               … and the map is of this layer
//   pixel: { above, below }            the hovered pixel of the 28×28 has this value, 0 to 1
//   moment: { above, below }           the timeline shows the network after this number of training digits
//   settled: true | false              … and from this snapshot on the prediction does not change
//   any, all: [conditions]             one of these conditions holds; each of them holds
import { decodeBytes } from "../lib/decode.js";

const isOneOf = (expected, value) => (Array.isArray(expected) ? expected : [expected]).includes(value);
const isBetween = ({ above = -Infinity, below = Infinity }, value) => value !== null && value > above && value < below;

function shareOf(digit, shares) {
  if (!shares) return null;
  return digit === "second" ? [...shares].sort((a, b) => b - a)[1] : shares[digit];
}

const PARTS = {
  drawn: (expected, now, start) =>
    (expected === "anew" ? now.drawn && now.drawing !== start.drawing : now.drawn === expected),
  digit: (expected, now, start) =>
    now.digit !== null && (expected === "other" ? now.digit !== start.digit : isOneOf(expected, now.digit)),
  sure: (expected, now) => now.sure === expected,
  share: (expected, now) => isBetween(expected, shareOf(expected.digit, now.shares)),
  state: (expected, now) => Object.entries(expected).every(([name, value]) => (now.state[name] ?? null) === value),
  opened: (expected, now) => now.open !== null && isOneOf(expected, now.open.kind),
  cell: (expected, now) => now.open !== null && now.open.cell === expected,
  layer: (expected, now) => now.open !== null && isOneOf(expected, now.open.layer),
  pixel: (expected, now) => isBetween(expected, now.pixel),
  moment: (expected, now) => isBetween(expected, now.moment?.digits ?? null),
  settled: (expected, now) => (now.moment?.settled ?? false) === expected,
  any: (conditions, now, start) => conditions.some((each) => isDone(each, now, start)),
  all: (conditions, now, start) => conditions.every((each) => isDone(each, now, start)),
};

export const CONDITION_PARTS = Object.keys(PARTS);

// `now` and `start`: facts at present and when the card was shown, see factsOf.
export const isDone = (condition, now, start) =>
  Object.entries(condition).every(([part, expected]) => PARTS[part](expected, now, start));

function openFact({ open, model, models }) {
  if (!open) return null;
  const kind = models?.find(({ name }) => name === model)?.layers.find(({ name }) => name === open.layer)?.kind ?? null;
  return { kind, layer: open.layer, cell: Boolean(open.cell) };
}

function pixelFact({ pixel, answer }) {
  if (!pixel) return null;
  const [y, x] = pixel;
  return answer ? decodeBytes(answer.input.data)[y * answer.input.shape[1] + x] / 255 : 0;
}

// The facts that conditions are about. During a stroke nothing counts as drawn: a 1 may become a 4.
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
    open: openFact(state),
    pixel: pixelFact(state),
    moment: state.moment ?? null,
  };
}
