// MNIST's digits as pictures for the pad: 28 × 28 bytes, 0 = paper, 255 = ink.
import { createCanvas, pngOf } from "../lib/canvas.js";

export const SIDE = 28;
const POSTED_SIDE = 280;

// Ink on nothing: black, as opaque as the digit is dark.
function inkTile(bytes) {
  const { canvas, context } = createCanvas(SIDE);
  const image = context.createImageData(SIDE, SIDE);
  bytes.forEach((ink, i) => { image.data[4 * i + 3] = ink; });
  context.putImageData(image, 0, 0);
  return canvas;
}

// Each pixel as a square, so that the network reads what MNIST has: enlarged smoothly, many of the digits that it reads
// wrong would be read right.
function enlarged(tile) {
  const { canvas, context } = createCanvas(POSTED_SIDE);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, POSTED_SIDE, POSTED_SIDE);
  context.imageSmoothingEnabled = false;
  context.drawImage(tile, 0, 0, POSTED_SIDE, POSTED_SIDE);
  return pngOf(canvas);
}

// A picture for the pad: what it shows, and what is posted.
export function pictureOfDigit(bytes) {
  const image = inkTile(bytes);
  return { image, body: enlarged(image) };
}
