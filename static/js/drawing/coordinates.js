// Converts positions between the pad, the posted image and the 28×28 input. Lengths on the pad are in units of its
// side. `input` is the record in the response of /api/predict: `box` of the image of `size` lies at `place` in the
// 28×28.
import { containFit } from "./strokes.js";

export const INPUT_SIDE = 28; // px, of the network's input
export const POSTED_SIDE = 280; // px, of a posted drawing
const DIGIT_SIDE = 20; // px, of a scaled digit in the input

// Returns the transform from the pad to the 28×28: x ↦ scale[0]·x + shift[0], and the same for y.
export function inputTransform({ size, box, place }) {
  const fit = containFit(...size, 1);
  const pixels = size[0] / fit.width; // of the image, along the pad
  const shrink = [place[2] / box[2], place[3] / box[3]];
  return {
    scale: shrink.map((factor) => factor * pixels),
    shift: shrink.map((factor, i) => place[i] - (box[i] + [fit.x, fit.y][i] * pixels) * factor),
  };
}

// Returns { x, y, width, height } on the pad of rows and columns of the 28×28. Parts of it may lie outside the pad.
export function regionToPad({ rows, columns }, input) {
  const { scale: [across, down], shift: [left, top] } = inputTransform(input);
  return {
    x: (columns[0] - left) / across,
    y: (rows[0] - top) / down,
    width: (columns[1] - columns[0] + 1) / across,
    height: (rows[1] - rows[0] + 1) / down,
  };
}

// Returns the pixel [y, x] of the 28×28 that shows the point (x, y) of the pad, or null.
export function padToPixel(x, y, input) {
  const { scale: [across, down], shift: [left, top] } = inputTransform(input);
  const pixel = [Math.floor(down * y + top), Math.floor(across * x + left)];
  return pixel.every((index) => index >= 0 && index < INPUT_SIDE) ? pixel : null;
}

// Returns the box [x, y, width, height] of an image of `size` after the image is fitted into a square.
export function boxInSquare([x, y, width, height], size, side) {
  const fit = containFit(...size, side);
  const scale = side / Math.max(...size);
  return [fit.x + x * scale, fit.y + y * scale, width * scale, height * scale];
}

// Returns the side of the frame around the scaled box: 20 pixels, or more for an unscaled box.
export const frameSide = ([, , width, height]) => Math.max(DIGIT_SIDE, width, height);
