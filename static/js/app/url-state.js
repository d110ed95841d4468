// Reads and writes the hash of a link. The address always holds a small part of the state, such as
// "#model=two_conv&present=1&layer=conv2&open=conv2.5.3-7". A copied link also holds the drawing: "&ink=1ZAs…".
import { BLANK, commit, createHistory } from "./undo-history.js";
import { decodeStrokes, encodeStrokes } from "../drawing/stroke-codec.js";
import { formatOpen, parseOpen } from "./open-cell.js";

// Flags of the state: [field of the hash, value in the hash, default].
const FLAGS = {
  presenting: ["present", "1", false], scaled: ["scaled", "off", true], centred: ["centred", "off", true],
};

const fieldsOf = (hash) => new URLSearchParams(hash.replace(/^#/, ""));
const hashOf = (fields) => (String(fields) ? `#${fields}` : "");

export function parseHash(hash) {
  const fields = fieldsOf(hash);
  const flags = Object.entries(FLAGS).map(([name, [field, value, standard]]) => {
    const isChanged = fields.get(field) === value;
    return [name, isChanged !== standard];
  });
  return {
    model: fields.get("model") || null,
    panel: fields.get("panel"),
    lesson: fields.get("lesson"), // a lesson and its card, such as "pixel.3"
    layer: fields.get("layer"),
    open: parseOpen(fields.get("open")),
    scale: fields.get("scale") === "map" ? "map" : "layer",
    ...Object.fromEntries(flags),
  };
}

// Leaves out every field that has its default.
export function formatHash({ model, open, scale, ...state }) {
  const fields = new URLSearchParams();
  if (model) fields.set("model", model);
  for (const [name, [field, value, standard]] of Object.entries(FLAGS)) {
    if (state[name] !== undefined && state[name] !== standard) fields.set(field, value);
  }
  for (const name of ["panel", "lesson", "layer"]) if (state[name]) fields.set(name, state[name]);
  if (open) fields.set("open", formatOpen(open));
  if (scale === "map") fields.set("scale", scale);
  return hashOf(fields);
}

export const hasInk = (hash) => fieldsOf(hash).has("ink");

// Returns the hash with the strokes of a drawing. A picture does not fit in a link.
export function withInk(hash, { strokes }) {
  const fields = fieldsOf(hash);
  fields.delete("ink");
  if (strokes.length > 0) fields.set("ink", encodeStrokes(strokes));
  return hashOf(fields);
}

// Adds the drawing of the hash to the history as a new step. Returns the history itself for a hash without one.
export function historyFromHash(hash, history = createHistory()) {
  const strokes = decodeStrokes(fieldsOf(hash).get("ink"));
  return strokes.length > 0 ? commit(history, { ...BLANK, strokes }) : history;
}
