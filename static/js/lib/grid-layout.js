// Lays out the maps of a layer on a canvas: equal sizes, whole device pixels.
const divisors = (n) => {
  const result = [];
  for (let i = 1; i <= n; i += 1) if (n % i === 0) result.push(i);
  return result;
};

const nearest = (candidates, ideal) => {
  const distance = (candidate) => Math.abs(Math.log(candidate / ideal));
  return candidates.reduce((best, each) => (distance(each) < distance(best) ? each : best));
};

const createGrid = (count, columns, tileWidth, tileHeight, gap) => {
  const rows = Math.ceil(count / columns);
  return {
    count, columns, rows, tileWidth, tileHeight, gap,
    width: columns * (tileWidth + gap) - gap,
    height: rows * (tileHeight + gap) - gap,
  };
};

// Makes the maps as large as possible in a box, at most `most` wide. Prefers full rows unless maps get much smaller.
export function fitGrid(count, height, width, { across, down, most = Infinity }, ratio) {
  const layOut = (columns) => {
    const rows = Math.ceil(count / columns);
    const pitch = Math.min(across / columns, ((down / rows) * width) / height);
    const gap = pitch < 4 * ratio ? 0 : Math.round(pitch > 32 * ratio ? 3 * ratio : ratio);
    const fits = Math.min(most, (across + gap) / columns - gap, (((down + gap) / rows - gap) * width) / height);
    const tile = Math.max(1, Math.floor(fits));
    return createGrid(count, columns, tile, Math.max(1, Math.floor((tile * height) / width)), gap);
  };
  const all = Array.from({ length: count }, (_, i) => layOut(i + 1));
  const largest = (grids) => grids.reduce((best, grid) => (grid.tileWidth > best.tileWidth ? grid : best));
  const [best, full] = [largest(all), largest(all.filter(({ columns }) => count % columns === 0))];
  return full.tileWidth >= (height === 1 ? 0.7 : 0.9) * best.tileWidth ? full : best;
}

// Lays out ten numbers in a column.
export const tenGrid = (across, down, ratio) => {
  const gap = Math.round(2 * ratio);
  return createGrid(10, 1, Math.max(1, Math.floor(across)), Math.max(1, Math.floor(down / 10) - gap), gap);
};

// Lays out maps in a few rows to swipe, each map large enough for a thumb.
export function stripGrid(count, height, width, ratio) {
  const rows = count <= 8 ? 1 : count <= 32 ? 2 : count <= 64 ? 3 : 4;
  const side = { 1: 88, 2: 64, 3: 48, 4: 38 }[rows];
  const tile = Math.round(side * ratio);
  return createGrid(count, Math.ceil(count / rows), tile, Math.round((tile * height) / width), Math.round(3 * ratio));
}

// Lays out a list of numbers as cells in a block about `tall` pixels high, in full rows if the count allows it.
export function cellGrid(count, available, tall, ratio) {
  if (count <= 16) {
    const gap = Math.round(2 * ratio);
    return createGrid(count, count, Math.floor((available + gap) / count) - gap, Math.round(28 * ratio), gap);
  }
  const largest = Math.round((count <= 64 ? 24 : 18) * ratio);
  const side = Math.min(largest, Math.sqrt((available * tall) / count));
  const columns = nearest(divisors(count), available / side);
  const pitch = Math.min(Math.floor(available / columns), largest);
  const gap = pitch >= 6 * ratio ? Math.max(1, Math.round(ratio)) : 0;
  return createGrid(count, columns, Math.max(1, pitch - gap), Math.max(1, pitch - gap), gap);
}

export const originOf = (grid, i) => [
  (i % grid.columns) * (grid.tileWidth + grid.gap),
  Math.floor(i / grid.columns) * (grid.tileHeight + grid.gap),
];

// Returns the map under a point, or −1.
export function indexAt(grid, x, y) {
  if (x < 0 || y < 0 || x >= grid.width || y >= grid.height) return -1;
  const column = Math.min(grid.columns - 1, Math.floor(x / (grid.tileWidth + grid.gap)));
  const i = Math.floor(y / (grid.tileHeight + grid.gap)) * grid.columns + column;
  return i < grid.count ? i : -1;
}

// Returns the index of the cell under a point of a length with `count` cells, clamped to the first and last one.
const clampedIndex = (at, length, count) => Math.min(count - 1, Math.max(0, Math.floor((at / length) * count)));

// Returns { map, cell: [y, x] } under a point, or null.
export function cellAt(grid, { height, width }, x, y) {
  const map = indexAt(grid, x, y);
  if (map < 0) return null;
  const [left, top] = originOf(grid, map);
  return { map, cell: [clampedIndex(y - top, grid.tileHeight, height), clampedIndex(x - left, grid.tileWidth, width)] };
}

// Returns the cell [y, x] under the pointer, of `rows` × `columns` cells that fill an element.
export function cellUnder({ clientX, clientY }, element, [rows, columns]) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [clampedIndex(clientY - top, height, rows), clampedIndex(clientX - left, width, columns)];
}
