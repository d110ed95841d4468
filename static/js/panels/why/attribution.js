// The arithmetic of “why this digit?”: ink and importance as one picture, and what a stroke adds.
import { colorAt, maxAbsolute } from "../../lib/colormap.js";
import { written } from "../../network/layer-text.js";

const GREY = { light: [208, 203, 195], dark: [84, 79, 73] }; // ink that has no say
const CLEAR = 0.2; // of the strongest pixel: from there on its colour hides the grey

const mix = (a, b, t) => a.map((value, i) => Math.round(value + (b[i] - value) * t));

// The colour of each pixel, four bytes each: its ink (0–255) in grey, under what it adds to the score.
export function overlay(ink, pixels, theme) {
  const limit = maxAbsolute(pixels);
  const paper = colorAt(0, theme);
  const rgba = new Uint8ClampedArray(4 * ink.length);
  ink.forEach((byte, i) => {
    const strength = pixels[i] / limit;
    const grey = mix(paper, GREY[theme], byte / 255);
    rgba.set([...mix(grey, colorAt(strength, theme), Math.min(1, Math.abs(strength) / CLEAR)), 255], 4 * i);
  });
  return rgba;
}

export const without = (drawing, i) => ({ ...drawing, strokes: drawing.strokes.filter((_, at) => at !== i) });

// What a stroke adds to each probability, in percentage points, and for which digits it does most and least.
export function contribution(all, rest) {
  const points = all.map((share, digit) => 100 * (share - rest[digit]));
  const up = points.indexOf(Math.max(...points));
  const down = points.indexOf(Math.min(...points));
  return { points, up, down };
}

// A score to one decimal.
export const score = (value) => written(value.toFixed(1));
