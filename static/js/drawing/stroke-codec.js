// Encodes strokes as text for a link, and decodes them. Points lie on a grid of 1024 × 1024; each is stored as the step
// from the point before it, as a varint of 7 bits per byte, in base64url. A normal drawing takes less than 1 kB.
import { MAX_SIZE, MIN_SIZE } from "./strokes.js";

const GRID = 1024;
const SIZE_LEVELS = 1300; // the default brush size, 1/13 of the pad, is exactly 100
const PRESSURE_LEVELS = 64;
const EVEN_PRESSURE = 0.5;
const VERSION = "1";
const MAX_WRITTEN_CHARACTERS = 2000; // links are pasted into mails and chats
const POSITION_RANGE = [-4, 5]; // a captured pen may leave the pad
// Limits of a decoded text.
const MAX = { strokes: 200, points: 4000, text: 20_000 };

function writeNumber(bytes, n) {
  let rest = n;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

// Zigzag encoding: 0, −1, 1, −2, 2 … become 0, 1, 2, 3, 4 …
const zigzag = (n) => (n < 0 ? -2 * n - 1 : 2 * n);
const unzigzag = (n) => (n % 2 === 1 ? -(n + 1) / 2 : n / 2);

function write(strokes) {
  const bytes = [];
  const toGrid = (position) => Math.round(Math.min(POSITION_RANGE[1], Math.max(POSITION_RANGE[0], position)) * GRID);
  for (const { size, points } of strokes.slice(0, MAX.strokes)) {
    const hasPressure = points.some(([, , pressure]) => pressure !== EVEN_PRESSURE);
    writeNumber(bytes, Math.round(size * SIZE_LEVELS));
    writeNumber(bytes, 2 * points.length + (hasPressure ? 1 : 0));
    let last = [0, 0, 0];
    for (const [x, y, pressure] of points) {
      const point = [toGrid(x), toGrid(y), ...(hasPressure ? [Math.round(pressure * PRESSURE_LEVELS)] : [])];
      point.forEach((value, i) => writeNumber(bytes, zigzag(value - last[i])));
      last = point;
    }
  }
  const base64 = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Drops every second point between the ends. The painted line is smooth anyway.
const thinOut = ({ size, points }) =>
  ({ size, points: points.filter((_, i) => i % 2 === 0 || i === points.length - 1) });

// Thins out long drawings to at most 2000 characters.
export function encodeStrokes(strokes) {
  let kept = strokes;
  let text = write(kept);
  while (text.length > MAX_WRITTEN_CHARACTERS && kept.some(({ points }) => points.length > 3)) {
    kept = kept.map(thinOut);
    text = write(kept);
  }
  return VERSION + text;
}

function createByteReader(bytes) {
  let at = 0;
  return {
    get hasMore() { return at < bytes.length; },
    next() {
      let [n, unit] = [0, 1];
      for (; ; unit *= 128) {
        const byte = bytes[at];
        at += 1;
        if (byte === undefined || unit > 2 ** 21) throw new RangeError("not a drawing");
        n += (byte % 128) * unit;
        if (byte < 128) return n;
      }
    },
  };
}

const checkRange = (value, low, high) => {
  if (!(value >= low && value <= high)) throw new RangeError("not a drawing");
  return value;
};

function readStroke(reader) {
  const size = checkRange(reader.next() / SIZE_LEVELS, MIN_SIZE - 1 / SIZE_LEVELS, MAX_SIZE + 1 / SIZE_LEVELS);
  const head = reader.next();
  const hasPressure = head % 2 === 1;
  const count = checkRange((head - (head % 2)) / 2, 1, MAX.points);
  const at = [0, 0, 0];
  const points = Array.from({ length: count }, () => {
    for (let i = 0; i < (hasPressure ? 3 : 2); i += 1) at[i] += unzigzag(reader.next());
    const [x, y] = [at[0] / GRID, at[1] / GRID].map((value) => checkRange(value, ...POSITION_RANGE));
    return [x, y, hasPressure ? checkRange(at[2] / PRESSURE_LEVELS, 0, 1) : EVEN_PRESSURE];
  });
  return { size, points };
}

// Returns the strokes of a text, none for a malformed text.
export function decodeStrokes(text) {
  if (!text?.startsWith(VERSION) || text.length > MAX.text) return [];
  try {
    const packed = atob(text.slice(1).replaceAll("-", "+").replaceAll("_", "/"));
    const reader = createByteReader(Uint8Array.from(packed, (letter) => letter.charCodeAt(0)));
    const strokes = [];
    while (reader.hasMore) {
      strokes.push(readStroke(reader));
      checkRange(strokes.length, 1, MAX.strokes);
    }
    return strokes;
  } catch {
    return [];
  }
}
