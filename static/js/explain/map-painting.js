// Maps painted on small canvases, and numbers in their colours.
import { colorAt, paintValues } from "../lib/colormap.js";
import { make } from "../lib/dom.js";

// Values from −limit to limit in the diverging colours, a pixel for each.
export function paintMap(canvas, values, [height, width], limit, theme) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  paintValues(new Uint32Array(image.data.buffer), values, limit, theme);
  context.putImageData(image, 0, 0);
}

// A value as the colour of its cell, and the one of black and white that can be read on it.
export function tint(element, value, limit, theme) {
  const [r, g, b] = colorAt(Math.max(-1, Math.min(1, value / limit)), theme);
  const bright = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * bright[0] + 0.7152 * bright[1] + 0.0722 * bright[2];
  element.style.backgroundColor = `rgb(${r} ${g} ${b})`;
  element.style.color = luminance > 0.179 ? "#000" : "#fff";
}

// A canvas with words below it.
export function figure(kind, caption = "") {
  const canvas = make("canvas");
  const text = make("figcaption", {}, caption);
  return { root: make(`figure.${kind}`, {}, canvas, text), canvas, text };
}
