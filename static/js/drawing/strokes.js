// Builds and paints strokes: { size, points: [[x, y, pressure], …] }. Lengths are in units of the pad's side, so a
// stroke looks the same at any size.
export const DEFAULT_SIZE = 1 / 13; // as in MNIST: about 1.5 px of 20
export const MIN_SIZE = 0.04;
export const MAX_SIZE = 0.14;
const EVEN_PRESSURE = 0.5; // of devices without a sensor
const MIN_DISTANCE = 0.002; // between two points; closer ones only add jitter

const between = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];

export const createStroke = (size) => ({ size, points: [] });

export function addPoint(stroke, x, y, pressure = EVEN_PRESSURE) {
  const last = stroke.points.at(-1);
  if (last && Math.hypot(x - last[0], y - last[1]) < MIN_DISTANCE) return stroke;
  return { ...stroke, points: [...stroke.points, [x, y, pressure]] };
}

// Returns the width at a pressure from 0 to 1: up to a quarter narrower or wider than `size`.
export const widthAt = (size, pressure) => size * (1 + (pressure - EVEN_PRESSURE) / 2);

// Returns quadratic curves [{ from, control, to, width }] from midpoint to midpoint with the points as control points.
// The line is smooth and passes through both ends.
export function strokeCurves({ points, size }) {
  if (points.length === 0) return [];
  const pieces = [];
  let from = points[0];
  for (let i = 1; i < points.length; i += 1) {
    const control = points[i - 1];
    const to = between(control, points[i]);
    pieces.push({ from, control, to, width: widthAt(size, control[2]) });
    from = to;
  }
  const last = points.at(-1);
  return [...pieces, { from, control: from, to: last, width: widthAt(size, last[2]) }];
}

// Paints a stroke on a 2D context. `side`: the pad's side in pixels.
export function paintStroke(context, stroke, side) {
  context.lineCap = "round";
  context.lineJoin = "round";
  const pieces = strokeCurves(stroke);
  if (stroke.points.length === 1) return paintDot(context, pieces[0], side);
  // One path for a stroke of even width: joints would be visible in half-transparent edges.
  const even = pieces.every((piece) => piece.width === pieces[0].width);
  pieces.forEach(({ from, control, to, width }, i) => {
    if (i === 0 || !even) {
      context.beginPath();
      context.lineWidth = width * side;
      context.moveTo(from[0] * side, from[1] * side);
    }
    context.quadraticCurveTo(control[0] * side, control[1] * side, to[0] * side, to[1] * side);
    if (!even) context.stroke();
  });
  if (even && pieces.length > 0) context.stroke();
}

function paintDot(context, { to, width }, side) {
  context.beginPath();
  context.arc(to[0] * side, to[1] * side, (width * side) / 2, 0, 2 * Math.PI);
  context.fill();
}

// Returns the place of an image inside a square: as large as possible, centred.
export function containFit(width, height, side) {
  const scale = side / Math.max(width, height);
  const [w, h] = [width * scale, height * scale];
  return { x: (side - w) / 2, y: (side - h) / 2, width: w, height: h };
}
