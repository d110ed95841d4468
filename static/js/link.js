// A link that carries the drawing besides the small state that the address always has: "#model=mlp&ink=1ZAs…".
import { BLANK, commit, createHistory } from "./history.js";
import { strokesOf, textOf } from "./inktext.js";

const FIELD = "ink";
const fieldsOf = (hash) => new URLSearchParams(hash.replace(/^#/, ""));

export const hasInk = (hash) => fieldsOf(hash).has(FIELD);

// The same hash with the strokes of that drawing; a picture does not fit in a link.
export function withInk(hash, { strokes }) {
  const fields = fieldsOf(hash);
  fields.delete(FIELD);
  if (strokes.length > 0) fields.set(FIELD, textOf(strokes));
  const text = fields.toString();
  return text ? `#${text}` : "";
}

// A history whose newest step is the drawing of the hash; the same history where it carries none.
export function drawnFrom(hash, history = createHistory()) {
  const strokes = strokesOf(fieldsOf(hash).get(FIELD));
  return strokes.length > 0 ? commit(history, { ...BLANK, strokes }) : history;
}
