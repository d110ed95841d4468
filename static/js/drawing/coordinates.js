// Where the picture, its box and the 28×28 lie on the pad, and back. `input` is what /api/predict tells of it: `box` of a
// picture of `size` came to lie at `place` in the 28×28. Lengths on the pad are in units of its side.
import { containFit } from "./strokes.js";

const SIDE = 28;

// From the pad to the 28×28: x ↦ scale[0]·x + shift[0], and so for y.
export function padToInput({ size, box, place }) {
  const fit = containFit(...size, 1);
  const pixels = size[0] / fit.width; // of the picture, along the pad
  const shrink = [place[2] / box[2], place[3] / box[3]];
  return {
    scale: shrink.map((factor) => factor * pixels),
    shift: shrink.map((factor, i) => place[i] - (box[i] + [fit.x, fit.y][i] * pixels) * factor),
  };
}

// → { x, y, width, height } on the pad of a region's rows and columns; parts of it may lie beside the pad.
export function onPad({ rows, columns }, input) {
  const { scale: [across, down], shift: [left, top] } = padToInput(input);
  return {
    x: (columns[0] - left) / across,
    y: (rows[0] - top) / down,
    width: (columns[1] - columns[0] + 1) / across,
    height: (rows[1] - rows[0] + 1) / down,
  };
}

// The pixel [y, x] of the 28×28 that shows the point (x, y) of the pad, or null where it shows none.
export function pixelAt(x, y, input) {
  const { scale: [across, down], shift: [left, top] } = padToInput(input);
  const pixel = [Math.floor(down * y + top), Math.floor(across * x + left)];
  return pixel.every((at) => at >= 0 && at < SIDE) ? pixel : null;
}

// The box (x, y, width, height) of a picture of that size, as it lies where the picture is shown in a square.
export function boxIn([x, y, width, height], size, side) {
  const fit = containFit(...size, side);
  const scale = side / Math.max(...size);
  return [fit.x + x * scale, fit.y + y * scale, width * scale, height * scale];
}

// How many cells wide and high the frame of the scaled box is: 20, or as many as it takes without scaling.
export const sideOf = ([, , width, height]) => Math.max(20, width, height);
