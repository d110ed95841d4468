// Turns the attribution of a prediction into pixels, and computes the effect of one stroke.
import { colorAt, maxAbsolute } from "../../lib/colormap.js";
import { trueMinus } from "../../lib/number-format.js";

const GREY = { light: [208, 203, 195], dark: [84, 79, 73] }; // ink without attribution
const OPAQUE_SHARE = 0.2; // of the strongest attribution; from there on its colour hides the grey

const mix = (a, b, t) => a.map((value, i) => Math.round(value + (b[i] - value) * t));

// Returns RGBA bytes: the ink (0–255) of each pixel in grey, below the colour of its attribution.
export function attributionPixels(ink, attribution, theme) {
  const limit = maxAbsolute(attribution);
  const paper = colorAt(0, theme);
  const rgba = new Uint8ClampedArray(4 * ink.length);
  ink.forEach((byte, i) => {
    const strength = attribution[i] / limit;
    const grey = mix(paper, GREY[theme], byte / 255);
    rgba.set([...mix(grey, colorAt(strength, theme), Math.min(1, Math.abs(strength) / OPAQUE_SHARE)), 255], 4 * i);
  });
  return rgba;
}

export const withoutStroke = (drawing, i) => ({ ...drawing, strokes: drawing.strokes.filter((_, at) => at !== i) });

// Compares the probabilities with and without a stroke. Returns `points`, its effect on each digit in percentage
// points, and the digits that it raises (`up`) and lowers (`down`) most.
export function strokeEffect(withStroke, without) {
  const points = withStroke.map((share, digit) => 100 * (share - without[digit]));
  const up = points.indexOf(Math.max(...points));
  const down = points.indexOf(Math.min(...points));
  return { points, up, down };
}

// Returns a score with one decimal.
export const formatScore = (value) => trueMinus(value.toFixed(1));
