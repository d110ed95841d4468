// Cells of a layer's maps, outlined; everything in the pixels of a grid (see grid.js).
import { originOf } from "../lib/grid-layout.js";

const SMALL = 3; // px: an outline is never narrower

// The rectangles { x, y, width, height } that outline a region (see reach.js) on each map concerned.
export function rectangles(grid, { height, width }, { maps, rows, columns }) {
  const across = grid.tileWidth / width;
  const down = grid.tileHeight / height;
  // Where all is meant, one frame says it.
  const all = maps === null && rows[1] - rows[0] + 1 === height && columns[1] - columns[0] + 1 === width;
  if (all) return [{ x: 0, y: 0, width: grid.width, height: grid.height }];
  return (maps ?? Array.from({ length: grid.count }, (_, map) => map)).map((map) => {
    const [left, top] = originOf(grid, map);
    return {
      x: left + columns[0] * across,
      y: top + rows[0] * down,
      width: Math.max(SMALL, (columns[1] - columns[0] + 1) * across),
      height: Math.max(SMALL, (rows[1] - rows[0] + 1) * down),
    };
  });
}

// Twice, dark in bright or the other way round, so that it is seen on every colour.
export function outline(context, boxes, colors, line) {
  for (const [i, color] of colors.entries()) {
    context.strokeStyle = color;
    context.lineWidth = line * (colors.length - i);
    for (const box of boxes) context.strokeRect(box.x, box.y, box.width, box.height);
  }
}
