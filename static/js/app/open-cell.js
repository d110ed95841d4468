// Reads and writes the address of an open map or cell: { layer, map, cell: [y, x] or null }, counted from 0, as in
// "conv2.5.3-7".
import { mapShape } from "../lib/decode.js";

// Returns null for a text in another form.
export function parseOpen(text) {
  const match = /^(\w+)\.(\d+)(?:\.(\d+)-(\d+))?$/.exec(text ?? "");
  if (!match) return null;
  const [, layer, map, y, x] = match;
  return { layer, map: Number(map), cell: y === undefined ? null : [Number(y), Number(x)] };
}

export const formatOpen = ({ layer, map, cell }) => [layer, map, ...(cell ? [cell.join("-")] : [])].join(".");

// Returns the same place in another network: null without this map, the map alone without this cell.
export function clampToModel(open, model) {
  const layer = open && model.layers.find(({ name }) => name === open.layer);
  if (!layer) return null;
  const { count, height, width } = mapShape(layer.shape);
  if (open.map >= count) return null;
  const { cell } = open;
  const isInside = cell && layer.shape.length === 3 && cell[0] < height && cell[1] < width;
  return !cell || isInside ? open : { ...open, cell: null };
}

// Returns the place one level up: the map of a cell; null, all layers, for a map.
export const parentOf = (open) => (open.cell ? { ...open, cell: null } : null);
