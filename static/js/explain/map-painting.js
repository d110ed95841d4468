// Colours numbers like the cells of a map, and builds figures for maps.
import { colorAt } from "../lib/colormap.js";
import { make } from "../lib/dom.js";

const BLACK_TEXT_LUMINANCE = 0.179; // above it, black has more contrast than white (WCAG 2.2)

// Returns the linear light, 0–1, of an sRGB level, 0–255.
const linear = (level) => (level / 255 <= 0.04045 ? level / 3294.6 : ((level / 255 + 0.055) / 1.055) ** 2.4);

// Sets an element's background to the colour of a value, and its text to black or white, the more legible one.
export function tint(element, value, limit, theme) {
  const [red, green, blue] = colorAt(Math.max(-1, Math.min(1, value / limit)), theme);
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  element.style.backgroundColor = `rgb(${red} ${green} ${blue})`;
  element.style.color = luminance > BLACK_TEXT_LUMINANCE ? "#000" : "#fff";
}

// A canvas with a caption below it.
export function createFigure(kind, caption = "") {
  const canvas = make("canvas");
  const text = make("figcaption", {}, caption);
  return { root: make(`figure.${kind}`, {}, canvas, text), canvas, text };
}
