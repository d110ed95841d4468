// Lays out labels and cut-outs on a photo, in pixels of the photo. A box is [x, y, width, height].
import { arrowStep } from "../lib/keyboard.js";

const CUT_OUT_SCALE = 1.4; // side of the cut-out / longer side of the digit, as 28 / 20 in MNIST
const MAX_LABEL_SHARE = 0.75; // of the median digit height
const EPSILON = 1e-6; // rounding errors of sums
const clamp = (value, max) => Math.min(Math.max(value, 0), max);

// Returns the square { x, y, side } around a digit. It lies inside the photo, or is centred on a smaller photo.
export function squareAround([x, y, width, height], photo) {
  const side = Math.max(width, height) * CUT_OUT_SCALE;
  const start = (middle, size) => (side > size ? (size - side) / 2 : clamp(middle - side / 2, size - side));
  return { x: start(x + width / 2, photo.width), y: start(y + height / 2, photo.height), side };
}

// Returns the place of a box inside another box in percent.
export function inPercent([x, y, width, height], [left, top, across, down]) {
  return {
    left: (100 * (x - left)) / across,
    top: (100 * (y - top)) / down,
    width: (100 * width) / across,
    height: (100 * height) / down,
  };
}

// Returns the indices of the digits of each line in reading order: "31\n4" → [[0, 1], [2]].
export function digitLines(text, count) {
  let next = 0;
  const lines = text.split("\n")
    .map((line) => (line.match(/\d/g) ?? []).map(() => next++))
    .filter((line) => line.length > 0);
  return next === count ? lines : [Array.from({ length: count }, (_, i) => i)];
}

// Returns the digit that a key leads to from the digit `at`; null for a key without a direction.
export function digitInDirection(key, at, boxes, lines) {
  if (key === "Home") return 0;
  if (key === "End") return boxes.length - 1;
  const arrow = arrowStep(key);
  if (!arrow) return null;
  const [down, right] = arrow;
  if (right) return clamp(at + right, boxes.length - 1);
  const other = lines[lines.findIndex((line) => line.includes(at)) + down];
  if (!other) return at;
  const middle = ([x, , width]) => x + width / 2;
  const distance = (i) => Math.abs(middle(boxes[i]) - middle(boxes[at]));
  return other.reduce((best, i) => (distance(i) < distance(best) ? i : best));
}

const overlap = (a, b) =>
  Math.max(0, Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]))
  * Math.max(0, Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]));

const grow = ([x, y, width, height], by) => [x - by, y - by, width + 2 * by, height + 2 * by];

// Candidate places of a label on each side of a box, the best first. `gap`: between the ink and the line around it.
const along = ([x, , width], w, gap) => [x + (width - w) / 2, x - gap, x + width + gap - w];
const SIDES = {
  above: (box, w, h, gap) => along(box, w, gap).map((left) => [left, box[1] - gap - h, w, h]),
  below: (box, w, h, gap) => along(box, w, gap).map((left) => [left, box[1] + box[3] + gap, w, h]),
  right: ([x, y, width], w, h, gap) => [[x + width + gap, y - gap, w, h]],
  left: ([x, y], w, h, gap) => [[x - gap - w, y - gap, w, h]],
};

// Places each label where it covers the least. `clear`: the distance from a label to other digits.
function placeAll(boxes, photo, { widths, gap }, size, sides, clear) {
  const lines = boxes.map((box) => grow(box, clear));
  const places = [];
  let covered = 0;
  boxes.forEach((box, i) => {
    const [w, h] = [widths[i] * size, size];
    let best = null;
    for (const place of sides.flatMap((side) => SIDES[side](box, w, h, gap))) {
      const outside = w * h - overlap(place, [0, 0, photo.width, photo.height]);
      const others = [...lines.filter((_, other) => other !== i), ...places];
      const cost = others.reduce((sum, other) => sum + overlap(place, other), outside);
      if (best === null || cost < best.cost) best = { cost, place };
      if (cost < EPSILON) break;
    }
    covered += best.cost;
    places.push(best.place);
  });
  return { size, places, covered };
}

// Places a label for each box: all on the same side, as large as possible, without covering ink, another label or the
// photo's edge. `sizes`: heights to try, the largest first. `widths`: of each label at height 1. If this fails, labels
// may touch the lines around other digits. If this fails too, each small label takes the side with the least overlap.
// Returns { size, places, covered }.
export function placeLabels(boxes, photo, { sizes, ...rest }) {
  const sides = Object.keys(SIDES);
  const { gap } = rest;
  const medianHeight = boxes.map((box) => box[3]).sort((a, b) => a - b)[boxes.length >> 1];
  for (const clear of [gap, 0]) {
    for (const size of sizes) {
      if (size > MAX_LABEL_SHARE * medianHeight && size !== sizes.at(-1)) continue;
      for (const side of sides) {
        const placed = placeAll(boxes, photo, rest, size, [side], clear);
        if (placed.covered < EPSILON) return placed;
      }
    }
  }
  const placeSmallest = (order) => placeAll(boxes, photo, rest, sizes.at(-1), order, 0);
  const coveredAlone = new Map(sides.map((side) => [side, placeSmallest([side]).covered]));
  return placeSmallest([...sides].sort((a, b) => coveredAlone.get(a) - coveredAlone.get(b)));
}
