// Paints small arrays on canvases, one pixel a number.
import { paintValues } from "./colormap.js";
import { colorBytes } from "./decode.js";

// Sets the canvas's size and fills its pixels; `fill` gets one 32-bit integer a pixel.
function paintPixels(canvas, [height, width], fill) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  fill(new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
}

// Paints numbers from −limit to limit in the diverging colours of the theme.
export function paintSignedValues(canvas, values, shape, limit, theme) {
  paintPixels(canvas, shape, (pixels) => paintValues(pixels, values, limit, theme));
}

// Paints bytes in the colours of a table of 256, such as inkTable(theme).
export function paintBytes(canvas, bytes, shape, table) {
  paintPixels(canvas, shape, (pixels) => colorBytes(bytes, table, pixels));
}
