// The colours of numbers: paper at zero, one hue for what is above it, another for what is below. A map without
// negative numbers therefore shows one hue only. Orange and blue stay apart for every kind of colour blindness.
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

// t from −1 (most negative) over 0 (paper) to 1 → [red, green, blue]
export function colorAt(t, theme) {
  const palette = PALETTES[theme];
  const stops = [palette.zero, ...(t < 0 ? palette.below : palette.above)];
  const place = Math.min(1, Math.abs(t)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(place));
  return mix(stops[i], stops[i + 1], place - i);
}

// The 32-bit pixel of a canvas on a little-endian machine: alpha, blue, green, red.
const pixel = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

const STEPS = 255; // on each side of zero
const every = {}; // theme → the pixels from −1 to 1

function everyColor(theme) {
  every[theme] ??= Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) => pixel(colorAt(i / STEPS - 1, theme)));
  return every[theme];
}

// The pixel of every byte where bytes run from `low` to `high`: both signs share one scale, so that equal strengths are
// equally strong colours, the strongest at `limit` and beyond. → Uint32Array(256), a new one or `table` filled anew
export function colorTable(low, high, theme, table = new Uint32Array(256), limit = Math.max(Math.abs(low), Math.abs(high)) || 1) {
  const colors = everyColor(theme);
  for (let byte = 0; byte < 256; byte += 1) {
    const t = Math.min(1, Math.max(-1, (low + (byte / 255) * (high - low)) / limit));
    table[byte] = colors[Math.round((t + 1) * STEPS)];
  }
  return table;
}

// The largest absolute number, the two ends of a scale of both signs; 1 where all are 0.
export const limitOf = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;

// Numbers on a scale from −limit to limit, painted into as many pixels.
export function paintValues(pixels, values, limit, theme) {
  const colors = everyColor(theme);
  const unit = limit > 0 ? 1 / limit : 0;
  for (let i = 0; i < pixels.length; i += 1) {
    pixels[i] = colors[Math.round((Math.min(1, Math.max(-1, values[i] * unit)) + 1) * STEPS)];
  }
}

const inks = {};

// The picture that the network gets: ink on paper.
export function inkTable(theme) {
  const { paper, ink } = INK[theme];
  inks[theme] ??= Uint32Array.from({ length: 256 }, (_, byte) => pixel(mix(paper, ink, byte / 255)));
  return inks[theme];
}

// Every pixel (four bytes each) becomes the colour of its darkness: table[0] is paper, table[255] ink. The weights are
// those of ITU-R BT.601, by which Pillow makes grey.
export function inkOf(rgba, table) {
  const pixels = new Uint32Array(rgba.buffer);
  for (let i = 0, from = 0; i < pixels.length; i += 1, from += 4) {
    pixels[i] = table[255 - Math.round(0.299 * rgba[from] + 0.587 * rgba[from + 1] + 0.114 * rgba[from + 2])];
  }
}
