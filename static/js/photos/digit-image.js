// Turns the bytes of an MNIST digit into a picture for the pad: 28 × 28 bytes, 0 = paper, 255 = ink.
import { canvasToPng, createCanvas } from "../lib/canvas.js";
import { INPUT_SIDE, POSTED_SIDE } from "../drawing/coordinates.js";

// Paints transparent black ink: the alpha channel holds the bytes.
function paintInk(bytes) {
  const { canvas, context } = createCanvas(INPUT_SIDE);
  const image = context.createImageData(INPUT_SIDE, INPUT_SIDE);
  bytes.forEach((ink, i) => { image.data[4 * i + 3] = ink; });
  context.putImageData(image, 0, 0);
  return canvas;
}

// Enlarges each pixel to a square. With smoothing, the network would read many of its mistakes correctly.
function encodeEnlarged(tile) {
  const { canvas, context } = createCanvas(POSTED_SIDE);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, POSTED_SIDE, POSTED_SIDE);
  context.imageSmoothingEnabled = false;
  context.drawImage(tile, 0, 0, POSTED_SIDE, POSTED_SIDE);
  return canvasToPng(canvas);
}

// Returns { image, body }: the canvas that the pad shows, and the PNG that is posted.
export function digitToPicture(bytes) {
  const image = paintInk(bytes);
  return { image, body: encodeEnlarged(image) };
}
