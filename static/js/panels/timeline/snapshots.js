// The arithmetic of a timeline: a network at M moments of its training, and what it made of one drawing at each.
import { decodeBytes } from "../../lib/decode.js";

export const winnerOf = (shares) => shares.indexOf(Math.max(...shares));

// The numbers of all moments, as /api/timeline sends them → { values, shape: those of one moment, limit }
export function decodeMoments({ shape, limit, data }) {
  const bytes = decodeBytes(data);
  if (bytes.length !== shape.reduce((a, b) => a * b)) throw new RangeError(`${bytes.length} bytes do not fill ${shape}`);
  return { values: Float32Array.from(bytes, (byte) => ((byte - 128) / 127) * limit), shape: shape.slice(1), limit };
}

// The numbers of one moment.
export function momentOf({ values, shape, limit }, at) {
  const size = shape.reduce((a, b) => a * b);
  return { values: values.subarray(at * size, (at + 1) * size), shape, limit };
}

// The moment from which on the answer stays what it is at the end.
export function settledAt(probabilities) {
  const last = winnerOf(probabilities.at(-1));
  return probabilities.findLastIndex((shares) => winnerOf(shares) !== last) + 1;
}

// Which moments are named below a chart: the first, the first from each power of ten on (of 100 and more), the last.
export function named(moments) {
  const last = moments.length - 1;
  const power = ({ digits }) => Math.floor(Math.log10(Math.max(10, digits)) + 1e-9);
  return moments.map((_, i) => i).filter((i) => i === 0 || i === last || power(moments[i]) > power(moments[i - 1]));
}
