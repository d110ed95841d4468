// Creates canvases and encodes them as PNG.
import { encodeGreyPng } from "./png-encoder.js";

// Returns the bytes of a grey PNG. `toBlob` waits up to 100 ms while somebody draws.
export function canvasToPng(canvas) {
  const { width, height } = canvas;
  return encodeGreyPng(canvas.getContext("2d").getImageData(0, 0, width, height).data, width, height);
}

export function createCanvas(width, height = width, options = {}) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return { canvas, context: canvas.getContext("2d", options) };
}
