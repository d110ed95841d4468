// The arithmetic of the filmstrip.
import { containFit } from "./strokes.js";

// The box (x, y, width, height) of a picture of that size, as it lies where the picture is shown in a square.
export function boxIn([x, y, width, height], size, side) {
  const place = containFit(...size, side);
  const scale = side / Math.max(...size);
  return [place.x + x * scale, place.y + y * scale, width * scale, height * scale];
}

// Every pixel (four bytes each) becomes the colour of its darkness: table[0] is paper, table[255] ink. The weights are
// those of ITU-R BT.601, by which Pillow makes grey.
export function inkOf(rgba, table) {
  const pixels = new Uint32Array(rgba.buffer);
  for (let i = 0, from = 0; i < pixels.length; i += 1, from += 4) {
    pixels[i] = table[255 - Math.round(0.299 * rgba[from] + 0.587 * rgba[from + 1] + 0.114 * rgba[from + 2])];
  }
}

// How many cells wide and high the frame of the scaled box is: 20, or as many as it takes without scaling.
export const sideOf = ([, , width, height]) => Math.max(20, width, height);
