// Colours all maps of a layer on one hidden canvas, one map below the other; map canvases draw from it.
import { colorTable } from "../lib/colormap.js";
import { colorBytes, mapRange } from "../lib/decode.js";
import { createCanvas } from "../lib/canvas.js";

const table = new Uint32Array(256); // reused for each layer and map, to allocate nothing while a stroke is drawn

// Colours a layer as decodeLayer returns it into `pixels`, 32 bits each; `bytes` is null where nothing was computed.
// `scale`: "layer" for one scale, "map" for one a map, which shows faint maps. A vector always has one scale.
export function colorMaps(layer, scale, theme, pixels) {
  const { bytes, count, height, width } = layer;
  if (bytes === null) {
    pixels.fill(colorTable(0, 0, theme, table)[0]);
    return;
  }
  if (scale === "layer" || height === 1) {
    colorBytes(bytes, colorTable(layer.low, layer.high, theme, table), pixels);
    return;
  }
  const size = height * width;
  for (let map = 0; map < count; map += 1) {
    const { low, high } = mapRange(layer, map);
    const limit = Math.max(Math.abs(low), Math.abs(high)) || 1;
    colorBytes(bytes, colorTable(layer.low, layer.high, theme, table, limit), pixels, map * size, (map + 1) * size);
  }
}

export function createMapAtlas({ count, height, width }) {
  const { canvas, context } = createCanvas(width, height * count);
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  return {
    canvas,
    paint(layer, scale, theme) {
      colorMaps(layer, scale, theme, pixels);
      context.putImageData(image, 0, 0);
    },
  };
}
