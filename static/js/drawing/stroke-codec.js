// A drawing as text for a link, and back: its strokes on a grid of 1024 × 1024, each point as the step from the one
// before it, as bytes of seven bits each (the eighth says that more follow), in base64url. A normal drawing takes less
// than a kilobyte. What comes from a link may be anything: a text that no drawing makes is an empty drawing.
import { MAX_SIZE, MIN_SIZE } from "./strokes.js";

const GRID = 1024;
const SIZES = 1300; // the brush's usual size, 1/13 of the pad, is then exactly 100
const PRESSURES = 64;
const EVEN = 0.5;
const VERSION = "1";
const LONGEST = 2000; // characters: links are pasted into mails and chats
const FAR = [-4, 5]; // a captured pen may leave the pad, by this much at most
const MOST = { strokes: 200, points: 4000, text: 20_000 };

function writeNumber(bytes, n) {
  let rest = n;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

// Small steps in either direction become small numbers: 0, −1, 1, −2, 2 … are 0, 1, 2, 3, 4 …
const unsigned = (n) => (n < 0 ? -2 * n - 1 : 2 * n);
const restored = (n) => (n % 2 === 1 ? -(n + 1) / 2 : n / 2);

function write(strokes) {
  const bytes = [];
  const place = (at) => Math.round(Math.min(FAR[1], Math.max(FAR[0], at)) * GRID);
  for (const { size, points } of strokes.slice(0, MOST.strokes)) {
    const pressed = points.some(([, , pressure]) => pressure !== EVEN);
    writeNumber(bytes, Math.round(size * SIZES));
    writeNumber(bytes, 2 * points.length + (pressed ? 1 : 0));
    let last = [0, 0, 0];
    for (const [x, y, pressure] of points) {
      const at = [place(x), place(y), ...(pressed ? [Math.round(pressure * PRESSURES)] : [])];
      at.forEach((value, i) => writeNumber(bytes, unsigned(value - last[i])));
      last = at;
    }
  }
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Every second point between the ends left out: the line is smoothed through what stays.
const thinned = ({ size, points }) =>
  ({ size, points: points.filter((_, i) => i % 2 === 0 || i === points.length - 1) });

export function textOf(strokes) {
  let kept = strokes;
  let text = write(kept);
  while (text.length > LONGEST && kept.some(({ points }) => points.length > 3)) {
    kept = kept.map(thinned);
    text = write(kept);
  }
  return VERSION + text;
}

function reading(bytes) {
  let at = 0;
  return {
    get left() { return at < bytes.length; },
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

const inside = (value, low, high) => {
  if (!(value >= low && value <= high)) throw new RangeError("not a drawing");
  return value;
};

function readStroke(from) {
  const size = inside(from.next() / SIZES, MIN_SIZE - 1 / SIZES, MAX_SIZE + 1 / SIZES);
  const head = from.next();
  const pressed = head % 2 === 1;
  const count = inside((head - (head % 2)) / 2, 1, MOST.points);
  const at = [0, 0, 0];
  const points = Array.from({ length: count }, () => {
    for (let i = 0; i < (pressed ? 3 : 2); i += 1) at[i] += restored(from.next());
    const [x, y] = [at[0] / GRID, at[1] / GRID].map((value) => inside(value, ...FAR));
    return [x, y, pressed ? inside(at[2] / PRESSURES, 0, 1) : EVEN];
  });
  return { size, points };
}

// → strokes, none where the text is broken
export function strokesOf(text) {
  if (!text?.startsWith(VERSION) || text.length > MOST.text) return [];
  try {
    const packed = atob(text.slice(1).replaceAll("-", "+").replaceAll("_", "/"));
    const from = reading(Uint8Array.from(packed, (letter) => letter.charCodeAt(0)));
    const strokes = [];
    while (from.left) {
      strokes.push(readStroke(from));
      inside(strokes.length, 1, MOST.strokes);
    }
    return strokes;
  } catch {
    return [];
  }
}
