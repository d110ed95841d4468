// The small part of the state that a link carries, such as "#model=two_conv&present=1&layer=conv2&open=conv2.5.3-7".
import { formatOpen, parseOpen } from "./opened.js";

const FLAGS = { presenting: ["present", "1", false], scaled: ["scaled", "off", true], centred: ["centred", "off", true] };

export function parseHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
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
export function formatHash({ model, panel, lesson, layer, open, scale, ...state }) {
  const fields = new URLSearchParams();
  if (model) fields.set("model", model);
  for (const [name, [field, value, usual]] of Object.entries(FLAGS)) {
    if (state[name] !== undefined && state[name] !== usual) fields.set(field, value);
  }
  if (panel) fields.set("panel", panel);
  if (lesson) fields.set("lesson", lesson);
  if (layer) fields.set("layer", layer);
  if (open) fields.set("open", formatOpen(open));
  if (scale === "map") fields.set("scale", scale);
  const text = fields.toString();
  return text ? `#${text}` : "";
}
