// Computes one map again from the numbers that /api/explain returns, in float64 and without rounding.

const total = (values) => values.reduce((sum, value) => sum + value, 0);
export const sumOfParts = (parts) => total(parts.map(({ subtotal }) => subtotal));

// The patch of a map under the window of the cell [y, x]: its values, with zeros in the padding, and `inside`, false
// for padding. `top` and `left` may be negative.
export function patchAt(values, [height, width], { side, stride, padding }, [y, x]) {
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

const withProducts = (part) => {
  const products = part.values.map((value, i) => value * part.weights[i]);
  return { ...part, products, subtotal: total(products) };
};

const slice = (values, i, size) => Array.from(values.subarray(i * size, (i + 1) * size));

// The products behind a cell of a convolution or behind a linear unit: a part for each input map, with its values,
// weights, products and subtotal. `inputShape`: [maps, height, width], or [n] for a vector.
export function productParts(explanation, cell, inputShape = explanation.input.shape) {
  const { kind, input, weights, window } = explanation;
  const [count, height = 1, width = 1] = inputShape;
  return Array.from({ length: count }, (_, map) => {
    const values = slice(input.values, map, height * width);
    const part = kind === "conv"
      ? patchAt(values, [height, width], window, cell)
      : { top: 0, left: 0, height, width, values, inside: values.map(() => true) };
    return withProducts({ map, ...part, weights: slice(weights.values, map, part.values.length) });
  });
}

// The contribution of each input map to a map of a convolution: its own sum of products, cell by cell. `strength`: the
// sum of absolute values.
export function mapContributions({ input, output, weights, window }) {
  const [count, height, width] = input.shape;
  const [rows, columns] = output.shape;
  const { side, stride, padding } = window;
  return Array.from({ length: count }, (_, map) => {
    const values = new Float64Array(rows * columns);
    for (let i = 0; i < values.length; i += 1) {
      const top = Math.floor(i / columns) * stride - padding;
      const left = (i % columns) * stride - padding;
      for (let k = 0; k < side * side; k += 1) {
        const [y, x] = [top + Math.floor(k / side), left + (k % side)];
        if (y < 0 || x < 0 || y >= height || x >= width) continue;
        values[i] += input.values[(map * height + y) * width + x] * weights.values[map * side * side + k];
      }
    }
    return { map, values, strength: total(values.map(Math.abs)) };
  });
}

// Returns the indices of the items, strongest first.
export const rankByStrength = (items, strengthOf) =>
  items.map((_, i) => i).sort((a, b) => strengthOf(items[b]) - strengthOf(items[a]) || a - b);

export const batchNormalize = (x, { mean, variance, weight, bias, epsilon }) =>
  ((x - mean) / Math.sqrt(variance + epsilon)) * weight + bias;

// Returns the index of the largest value of a patch, padding excluded.
export const indexOfMax = ({ values, inside }) =>
  values.reduce((best, value, i) => (inside[i] && (best < 0 || value > values[best]) ? i : best), -1);

// The steps of a softmax with temperature.
export function softmaxSteps(scores, temperature) {
  const divided = Array.from(scores, (score) => score / temperature);
  const raised = divided.map(Math.exp);
  const sum = total(raised);
  return { divided, raised, total: sum, shares: raised.map((value) => value / sum) };
}

// The map and cell of a flattened index. `shape`: [maps, height, width].
export const unflattenIndex = (index, [, height, width]) => ({
  map: Math.floor(index / (height * width)), cell: [Math.floor(index / width) % height, index % width],
});
