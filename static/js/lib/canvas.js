import { greyPng } from "./png-encoder.js";

// A canvas with ink on paper as PNG: its bytes. Not toBlob, which waits for an idle moment, up to a tenth of a second while
// somebody draws; and no Blob, which is handed from process to process before it is on its way.
export function pngOf(canvas) {
  const { width, height } = canvas;
  return greyPng(canvas.getContext("2d").getImageData(0, 0, width, height).data, width, height);
}

export function createCanvas(width, height = width, options = {}) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return { canvas, context: canvas.getContext("2d", options) };
}
