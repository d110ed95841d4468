// What a link carries: the small part of the state, which the address always has, such as
// "#model=two_conv&present=1&layer=conv2&open=conv2.5.3-7", and in one that is copied the drawing: "&ink=1ZAs…".
import { BLANK, commit, createHistory } from "./undo-history.js";
import { strokesOf, textOf } from "../drawing/stroke-codec.js";
import { formatOpen, parseOpen } from "./open-cell.js";

const FLAGS = { presenting: ["present", "1", false], scaled: ["scaled", "off", true], centred: ["centred", "off", true] };

const fieldsOf = (hash) => new URLSearchParams(hash.replace(/^#/, ""));
const hashOf = (fields) => (String(fields) ? `#${fields}` : "");

export function parseHash(hash) {
  const fields = fieldsOf(hash);
  const flags = Object.entries(FLAGS).map(([name, [field, value, usual]]) => [name, (fields.get(field) === value) !== usual]);
  return {
    model: fields.get("model") || null,
    panel: fields.get("panel"),
    lesson: fields.get("lesson"), // such as "pixel.3": its name and the card
    layer: fields.get("layer"),
    open: parseOpen(fields.get("open")),
    scale: fields.get("scale") === "map" ? "map" : "layer",
    ...Object.fromEntries(flags),
  };
}

// What is as usual is left out.
export function formatHash({ model, open, scale, ...state }) {
  const fields = new URLSearchParams();
  if (model) fields.set("model", model);
  for (const [name, [field, value, usual]] of Object.entries(FLAGS)) {
    if (state[name] !== undefined && state[name] !== usual) fields.set(field, value);
  }
  for (const name of ["panel", "lesson", "layer"]) if (state[name]) fields.set(name, state[name]);
  if (open) fields.set("open", formatOpen(open));
  if (scale === "map") fields.set("scale", scale);
  return hashOf(fields);
}

export const hasInk = (hash) => fieldsOf(hash).has("ink");

// The same hash with the strokes of that drawing; a picture does not fit in a link.
export function withInk(hash, { strokes }) {
  const fields = fieldsOf(hash);
  fields.delete("ink");
  if (strokes.length > 0) fields.set("ink", textOf(strokes));
  return hashOf(fields);
}

// A history whose newest step is the drawing of the hash; the same history where it carries none.
export function drawnFrom(hash, history = createHistory()) {
  const strokes = strokesOf(fieldsOf(hash).get("ink"));
  return strokes.length > 0 ? commit(history, { ...BLANK, strokes }) : history;
}
