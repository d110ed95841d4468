// The colours of all maps of a layer, one map below the other on a canvas that nobody sees; views draw from it.
import { colorTable } from "../lib/colormap.js";
import { colorBytes, mapRange } from "../lib/decode.js";
import { createCanvas } from "../lib/canvas.js";

const table = new Uint32Array(256); // filled anew for each layer or map: nothing is allocated while somebody draws

// `layer`: as decodeLayer gives it, its bytes null where there is nothing yet. One scale for the layer, or one for each
// map, which shows what is faint beside others; a list of numbers has but one.
export function paintMaps(layer, scale, theme, pixels) {
  const { bytes, count, height, width } = layer;
  if (bytes === null) {
    pixels.fill(colorTable(0, 0, theme, table)[0]);
    return;
  }
  if (scale === "layer" || height === 1) {
    colorBytes(bytes, colorTable(layer.low, layer.high, theme, table), pixels);
    return;
  }
  for (let map = 0; map < count; map += 1) {
    const { low, high } = mapRange(layer, map);
    const limit = Math.max(Math.abs(low), Math.abs(high)) || 1;
    colorBytes(bytes, colorTable(layer.low, layer.high, theme, table, limit), pixels, map * height * width, (map + 1) * height * width);
  }
}

export function createAtlas({ count, height, width }) {
  const { canvas, context } = createCanvas(width, height * count);
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  return {
    canvas,
    paint(layer, scale, theme) {
      paintMaps(layer, scale, theme, pixels);
      context.putImageData(image, 0, 0);
    },
  };
}
