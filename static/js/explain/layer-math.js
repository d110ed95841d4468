// The arithmetic of one map, rebuilt from the numbers that the server sends. All sums are made of all digits.

const total = (values) => values.reduce((sum, value) => sum + value, 0);
export const sum = (parts) => total(parts.map(({ subtotal }) => subtotal));

// What a window over the cell [y, x] sees of a map: its values, with zeros where it hangs over the edge, and which of
// them are inside.
export function patchOf(values, [height, width], { side, stride, padding }, [y, x]) {
  const [top, left] = [y * stride - padding, x * stride - padding];
  const patch = { top, left, height: side, width: side, values: [], inside: [] };
  for (let row = top; row < top + side; row += 1) {
    for (let column = left; column < left + side; column += 1) {
      const inside = row >= 0 && column >= 0 && row < height && column < width;
      patch.inside.push(inside);
      patch.values.push(inside ? values[row * width + column] : 0);
    }
  }
  return patch;
}

const multiplied = (part) => {
  const products = part.values.map((value, i) => value * part.weights[i]);
  return { ...part, products, subtotal: total(products) };
};

const slice = (values, i, size) => Array.from(values.subarray(i * size, (i + 1) * size));

// The products behind a cell of a convolution, or behind a linear unit whose inputs were `maps`, a shape [maps, height,
// width], or a plain list [n]: for each map that comes in its values, weights, products and their subtotal.
export function partsOf(told, cell, maps = told.input.shape) {
  const [count, height = 1, width = 1] = maps;
  return Array.from({ length: count }, (_, map) => {
    const values = slice(told.input.values, map, height * width);
    const part = told.kind === "conv"
      ? patchOf(values, [height, width], told.window, cell)
      : { top: 0, left: 0, height, width, values, inside: values.map(() => true) };
    return multiplied({ map, ...part, weights: slice(told.weights.values, map, part.values.length) });
  });
}

// What each map that comes in adds to a map of a convolution: its own sum of products, cell by cell.
export function contributions(told) {
  const [count, height, width] = told.input.shape;
  const [rows, columns] = told.output.shape;
  const { side, stride, padding } = told.window;
  return Array.from({ length: count }, (_, map) => {
    const values = new Float64Array(rows * columns);
    for (let i = 0; i < values.length; i += 1) {
      const top = Math.floor(i / columns) * stride - padding;
      const left = (i % columns) * stride - padding;
      for (let k = 0; k < side * side; k += 1) {
        const [y, x] = [top + Math.floor(k / side), left + (k % side)];
        if (y < 0 || x < 0 || y >= height || x >= width) continue;
        values[i] += told.input.values[(map * height + y) * width + x] * told.weights.values[map * side * side + k];
      }
    }
    return { map, values, strength: total(values.map(Math.abs)) };
  });
}

// The strongest first.
export const ranked = (items, strength) =>
  items.map((_, i) => i).sort((a, b) => strength(items[b]) - strength(items[a]) || a - b);

export const normalised = (x, { mean, variance, weight, bias, epsilon }) =>
  ((x - mean) / Math.sqrt(variance + epsilon)) * weight + bias;

// The place of the largest number of a patch.
export const largest = ({ values, inside }) =>
  values.reduce((best, value, i) => (inside[i] && (best < 0 || value > values[best]) ? i : best), -1);

// The steps from scores to shares.
export function shares(scores, temperature) {
  const divided = Array.from(scores, (score) => score / temperature);
  const raised = divided.map(Math.exp);
  const all = total(raised);
  return { divided, raised, total: all, shares: raised.map((value) => value / all) };
}

// Which cell of which map, of a shape [maps, height, width], stands at a place of the flattened list.
export const unflattened = (place, [, height, width]) => ({
  map: Math.floor(place / (height * width)), cell: [Math.floor(place / width) % height, place % width],
});
