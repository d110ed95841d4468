// Geometry of a picture with several digits, in the picture's own pixels. A box is [x, y, width, height].
const MARGIN = 1.4; // the cut-out's side over the digit's: about what 28 is to MNIST's 20
const LABEL = 0.75; // of the handwriting's height, at most: it stays what one looks at
const NOTHING = 1e-6; // what sums of fractions leave
const clamp = (value, most) => Math.min(Math.max(value, 0), most);

// The square around a digit. It stays inside the picture where it can, else the picture lies in its middle.
export function cutSquare([x, y, width, height], page) {
  const side = Math.max(width, height) * MARGIN;
  const start = (middle, size) => (side > size ? (size - side) / 2 : clamp(middle - side / 2, size - side));
  return { x: start(x + width / 2, page.width), y: start(y + height / 2, page.height), side };
}

// `inner` as shares of `outer`, in percent: so it stays in its place at any size.
export function inPercent([x, y, width, height], [left, top, across, down]) {
  return {
    left: (100 * (x - left)) / across,
    top: (100 * (y - top)) / down,
    width: (100 * width) / across,
    height: (100 * height) / down,
  };
}

// The digits of each written line, by their place in reading order: "31\n4" → [[0, 1], [2]]
export function linesOf(text, count) {
  let next = 0;
  const lines = text.split("\n").map((line) => (line.match(/\d/g) ?? []).map(() => next++)).filter((line) => line.length > 0);
  return next === count ? lines : [Array.from({ length: count }, (_, i) => i)];
}

// Where a key leads from the digit `at`; null where it is no key of direction.
export function neighbour(key, at, boxes, lines) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step) return clamp(at + step, boxes.length - 1);
  if (key === "Home") return 0;
  if (key === "End") return boxes.length - 1;
  const down = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (!down) return null;
  const other = lines[lines.findIndex((line) => line.includes(at)) + down];
  if (!other) return at;
  const middle = ([x, , width]) => x + width / 2;
  const away = (i) => Math.abs(middle(boxes[i]) - middle(boxes[at]));
  return other.reduce((best, i) => (away(i) < away(best) ? i : best));
}

const overlap = (a, b) =>
  Math.max(0, Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]))
  * Math.max(0, Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]));

const grown = ([x, y, width, height], by) => [x - by, y - by, width + 2 * by, height + 2 * by];

// Places that a label may take on each side of a box, the best first; `gap` is what the line is away from the ink.
const along = ([x, , width], w, gap) => [x + (width - w) / 2, x - gap, x + width + gap - w];
const SIDES = {
  above: (box, w, h, gap) => along(box, w, gap).map((left) => [left, box[1] - gap - h, w, h]),
  below: (box, w, h, gap) => along(box, w, gap).map((left) => [left, box[1] + box[3] + gap, w, h]),
  right: ([x, y, width], w, h, gap) => [[x + width + gap, y - gap, w, h]],
  left: ([x, y], w, h, gap) => [[x - gap - w, y - gap, w, h]],
};

// `clear`: how far from other digits a label has to stay.
function placeAll(boxes, page, { widths, gap }, size, sides, clear) {
  const lines = boxes.map((box) => grown(box, clear));
  const places = [];
  let covered = 0;
  boxes.forEach((box, i) => {
    const [w, h] = [widths[i] * size, size];
    let best = null;
    for (const place of sides.flatMap((side) => SIDES[side](box, w, h, gap))) {
      const outside = w * h - overlap(place, [0, 0, page.width, page.height]);
      const others = [...lines.filter((_, other) => other !== i), ...places];
      const cost = others.reduce((sum, other) => sum + overlap(place, other), outside);
      if (best === null || cost < best.cost) best = { cost, place };
      if (cost < NOTHING) break;
    }
    covered += best.cost;
    places.push(best.place);
  });
  return { size, places, covered };
}

// A label for each box: as large as all of them can be without covering ink, another label, or the picture's edge, and all on
// the same side, so that each is plainly its own box's. `sizes` are heights to try, the largest first; `widths` are each
// label's width at height 1. Where lines are so close that this fails, labels may touch the lines around other digits; and
// where that fails too, most small labels stand on one side and the others where they find room.
export function placeLabels(boxes, page, { sizes, ...rest }) {
  const all = Object.keys(SIDES);
  const { gap } = rest;
  const usual = boxes.map((box) => box[3]).sort((a, b) => a - b)[boxes.length >> 1];
  for (const clear of [gap, 0]) {
    for (const size of sizes) {
      if (size > LABEL * usual && size !== sizes.at(-1)) continue;
      for (const side of all) {
        const placed = placeAll(boxes, page, rest, size, [side], clear);
        if (placed.covered < NOTHING) return placed;
      }
    }
  }
  const smallest = (sides) => placeAll(boxes, page, rest, sizes.at(-1), sides, 0);
  const alone = new Map(all.map((side) => [side, smallest([side]).covered]));
  return smallest([...all].sort((a, b) => alone.get(a) - alone.get(b)));
}
