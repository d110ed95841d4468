// Decodes and analyses a timeline: the snapshots of a network during its training, and their predictions for one
// drawing.
import { decodeBytes } from "../../lib/decode.js";

const product = (numbers) => numbers.reduce((a, b) => a * b);

export const mostLikely = (shares) => shares.indexOf(Math.max(...shares));

// Decodes an array of /api/timeline. Returns { values, shape, limit }: the values of all snapshots, the shape of one.
export function decodeSnapshots({ shape, limit, data }) {
  const bytes = decodeBytes(data);
  if (bytes.length !== product(shape)) throw new RangeError(`${bytes.length} bytes do not fill ${shape}`);
  return { values: Float32Array.from(bytes, (byte) => ((byte - 128) / 127) * limit), shape: shape.slice(1), limit };
}

export function snapshotAt({ values, shape, limit }, index) {
  const size = product(shape);
  return { values: values.subarray(index * size, (index + 1) * size), shape, limit };
}

// Returns the index of the first snapshot from which on the prediction stays what it is at the end.
export function settledFrom(probabilities) {
  const last = mostLikely(probabilities.at(-1));
  return probabilities.findLastIndex((shares) => mostLikely(shares) !== last) + 1;
}

// Returns the indices of the snapshots named below a chart: the first, the first of each power of ten from 100 on, the
// last.
export function tickIndices(snapshots) {
  const last = snapshots.length - 1;
  const power = ({ digits }) => Math.floor(Math.log10(Math.max(10, digits)) + 1e-9);
  const isTick = (i) => i === 0 || i === last || power(snapshots[i]) > power(snapshots[i - 1]);
  return snapshots.map((_, i) => i).filter(isTick);
}
