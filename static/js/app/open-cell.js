// Which map, and which of its cells, is open: { layer, map, cell: [y, x] or null }, or null; all counted from 0. In the
// address it is written as conv2.5.3-7.
import { mapShape } from "../lib/decode.js";

export function parseOpen(text) {
  const found = /^(\w+)\.(\d+)(?:\.(\d+)-(\d+))?$/.exec(text ?? "");
  if (!found) return null;
  const [, layer, map, y, x] = found;
  return { layer, map: Number(map), cell: y === undefined ? null : [Number(y), Number(x)] };
}

export const formatOpen = ({ layer, map, cell }) => [layer, map, ...(cell ? [cell.join("-")] : [])].join(".");

// The same in another network: null where it has no such map, without its cell where there is no such cell.
export function fitting(open, model) {
  const layer = open && model.layers.find(({ name }) => name === open.layer);
  if (!layer) return null;
  const { count, height, width } = mapShape(layer.shape);
  if (open.map >= count) return null;
  const { cell } = open;
  const has = cell && layer.shape.length === 3 && cell[0] < height && cell[1] < width;
  return !cell || has ? open : { ...open, cell: null };
}

// One level up: from the cell to its map, from the map to all layers.
export const above = (open) => (open.cell ? { ...open, cell: null } : null);
