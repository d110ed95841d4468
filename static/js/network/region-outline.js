// Outlines cells of a layer's maps; lengths are device pixels of the grid (see grid-layout.js).
import { originOf } from "../lib/grid-layout.js";

const MIN_SIDE_PX = 3;

// Returns the rectangles { x, y, width, height } of a region (see receptive-field.js), one a map.
export function regionRectangles(grid, { height, width }, { maps, rows, columns }) {
  const across = grid.tileWidth / width;
  const down = grid.tileHeight / height;
  // One rectangle around everything where the region is the whole layer.
  const isWhole = maps === null && rows[1] - rows[0] + 1 === height && columns[1] - columns[0] + 1 === width;
  if (isWhole) return [{ x: 0, y: 0, width: grid.width, height: grid.height }];
  return (maps ?? Array.from({ length: grid.count }, (_, map) => map)).map((map) => {
    const [left, top] = originOf(grid, map);
    return {
      x: left + columns[0] * across,
      y: top + rows[0] * down,
      width: Math.max(MIN_SIDE_PX, (columns[1] - columns[0] + 1) * across),
      height: Math.max(MIN_SIDE_PX, (rows[1] - rows[0] + 1) * down),
    };
  });
}

// Strokes each rectangle once a colour, the first widest: a dark and a light line are visible on every map.
export function strokeRectangles(context, rectangles, colors, lineWidth) {
  for (const [i, color] of colors.entries()) {
    context.strokeStyle = color;
    context.lineWidth = lineWidth * (colors.length - i);
    for (const { x, y, width, height } of rectangles) context.strokeRect(x, y, width, height);
  }
}
