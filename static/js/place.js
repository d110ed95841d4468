// Where the 28×28 picture lies on the pad, and back. `input` is what /api/predict tells of it: `box` of a picture of
// `size` came to lie at `place` in the 28×28. Lengths on the pad are in units of its side.
import { containFit } from "./strokes.js";

const SIDE = 28;

// → { x, y, width, height } on the pad of a region's rows and columns; parts of it may lie beside the pad.
export function onPad({ rows, columns }, { size, box, place }) {
  const fit = containFit(...size, 1);
  const scale = fit.width / size[0];
  const across = (box[2] / place[2]) * scale; // of one pixel of the 28×28
  const down = (box[3] / place[3]) * scale;
  return {
    x: fit.x + box[0] * scale + (columns[0] - place[0]) * across,
    y: fit.y + box[1] * scale + (rows[0] - place[1]) * down,
    width: (columns[1] - columns[0] + 1) * across,
    height: (rows[1] - rows[0] + 1) * down,
  };
}

// The pixel [y, x] of the 28×28 that shows the point (x, y) of the pad, or null where it shows none.
export function pixelAt(x, y, input) {
  const { x: left, y: top, width, height } = onPad({ rows: [0, SIDE - 1], columns: [0, SIDE - 1] }, input);
  const pixel = [Math.floor(((y - top) / height) * SIDE), Math.floor(((x - left) / width) * SIDE)];
  return pixel.every((at) => at >= 0 && at < SIDE) ? pixel : null;
}
