// A canvas with ink on paper as PNG. Not toBlob: it waits for an idle moment, up to a tenth of a second while somebody draws.
import { decodeBytes } from "./decode.js";
import { greyPng } from "./greypng.js";

const TYPE = { type: "image/png" };

export async function pngOf(canvas) {
  const { width, height } = canvas;
  if (!("CompressionStream" in globalThis)) { // Safari before 16.4, Firefox before 113
    const url = canvas.toDataURL(TYPE.type);
    return new Blob([decodeBytes(url.slice(url.indexOf(",") + 1))], TYPE);
  }
  return new Blob(await greyPng(canvas.getContext("2d").getImageData(0, 0, width, height).data, width, height), TYPE);
}

export function createCanvas(width, height = width, options = {}) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return { canvas, context: canvas.getContext("2d", options) };
}
