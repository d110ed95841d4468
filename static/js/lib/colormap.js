// Maps numbers to colours: paper at zero, orange above, blue below. Orange and blue differ for every kind of colour
// blindness.
const PALETTES = {
  light: {
    zero: [255, 254, 250],
    above: [[253, 211, 176], [240, 134, 68], [189, 66, 14], [107, 28, 4]],
    below: [[186, 213, 236], [100, 160, 212], [33, 98, 168], [10, 48, 98]],
  },
  dark: {
    zero: [13, 12, 11],
    above: [[112, 48, 18], [206, 94, 36], [250, 166, 100], [255, 232, 210]],
    below: [[24, 66, 110], [56, 124, 196], [126, 186, 242], [218, 236, 252]],
  },
};

const INK = {
  light: { paper: [255, 254, 250], ink: [26, 24, 32] },
  dark: { paper: [232, 226, 214], ink: [26, 24, 32] },
};

const mix = (a, b, t) => a.map((value, i) => Math.round(value + (b[i] - value) * t));

// Returns [red, green, blue] for t from −1 (most negative) over 0 (paper) to 1.
export function colorAt(t, theme) {
  const palette = PALETTES[theme];
  const stops = [palette.zero, ...(t < 0 ? palette.below : palette.above)];
  const position = Math.min(1, Math.abs(t)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(position));
  return mix(stops[i], stops[i + 1], position - i);
}

// Packs a 32-bit canvas pixel on a little-endian machine: alpha, blue, green, red.
const packPixel = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

const STEPS = 255; // on each side of zero
const scales = {}; // theme → the pixels from −1 to 1

function colorScale(theme) {
  scales[theme] ??= Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) => packPixel(colorAt(i / STEPS - 1, theme)));
  return scales[theme];
}

// Fills a table with the pixel of every byte, for bytes from `low` to `high`. Both signs share one scale up to `limit`.
export function colorTable(
  low, high, theme, table = new Uint32Array(256), limit = Math.max(Math.abs(low), Math.abs(high)) || 1,
) {
  const colors = colorScale(theme);
  for (let byte = 0; byte < 256; byte += 1) {
    const t = Math.min(1, Math.max(-1, (low + (byte / 255) * (high - low)) / limit));
    table[byte] = colors[Math.round((t + 1) * STEPS)];
  }
  return table;
}

// Returns the largest absolute value, the limit of a colour scale; 1 if all values are 0.
export const maxAbsolute = (values) => values.reduce((limit, value) => Math.max(limit, Math.abs(value)), 0) || 1;

// Colours one pixel for each value on a scale from −limit to limit.
export function paintValues(pixels, values, limit, theme) {
  const colors = colorScale(theme);
  const unit = limit > 0 ? 1 / limit : 0;
  for (let i = 0; i < pixels.length; i += 1) {
    pixels[i] = colors[Math.round((Math.min(1, Math.max(-1, values[i] * unit)) + 1) * STEPS)];
  }
}

const inkTables = {}; // theme → table

// Returns the pixel of every byte of the input image: 0 is paper, 255 ink.
export function inkTable(theme) {
  const { paper, ink } = INK[theme];
  inkTables[theme] ??= Uint32Array.from({ length: 256 }, (_, byte) => packPixel(mix(paper, ink, byte / 255)));
  return inkTables[theme];
}

// Replaces the colour of every RGBA pixel by the table's colour for its darkness. The luma weights are those of ITU-R
// BT.601, which Pillow uses too.
export function recolorInk(rgba, table) {
  const pixels = new Uint32Array(rgba.buffer);
  for (let i = 0, from = 0; i < pixels.length; i += 1, from += 4) {
    pixels[i] = table[255 - Math.round(0.299 * rgba[from] + 0.587 * rgba[from + 1] + 0.114 * rgba[from + 2])];
  }
}
