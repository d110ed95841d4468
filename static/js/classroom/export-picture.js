// All layers as one picture, to print or to show: the 28×28 first, then each layer's name, its shape and all its maps, each
// layer in colours of its own scale, as the page has them.
import { colorTable, inkTable } from "../lib/colormap.js";
import { colorBytes, decodeBytes, decodeLayer } from "../lib/decode.js";
import { createCanvas } from "../lib/canvas.js";
import { shapeText, signed } from "../network/layer-text.js";

const WIDTH = 1400;
const MARGIN = 48;
const NAMES = 260; // px for a layer's name, its shape and its range
const ROOM = WIDTH - 2 * MARGIN - NAMES;
const GAP = 28; // between two layers
const HEAD = 120;
const LEAST = 80; // px: a row has three lines of words
const SIDE = 84; // of a map, at most
const CELL = 20; // of a single number, at most
const INPUT = 168;

// Maps of equal size in full rows, as large as the room allows.
function gridOf({ count, height, width }) {
  const most = height === 1 ? CELL : Math.min(SIDE, width * 7);
  const columns = Math.min(count, height === 1 ? Math.floor(ROOM / (most + 1)) : count > 64 ? 32 : 16);
  const gap = height === 1 ? 1 : 3;
  const side = Math.min(most, Math.floor(ROOM / columns) - gap);
  return { columns, pitch: side + gap, side, height: Math.ceil(count / columns) * (side + gap) - gap };
}

// All maps below each other, a pixel a number.
function atlasOf({ bytes, count, height, width }, table) {
  const { canvas, context } = createCanvas(width, height * count);
  const image = context.createImageData(width, height * count);
  colorBytes(bytes, table, new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return canvas;
}

function rowOf(answer, theme) {
  const layer = decodeLayer(answer);
  const { count, height, width, low, high } = layer;
  const grid = gridOf(layer);
  return {
    words: [layer.name, shapeText(layer), `${signed(low)} … ${signed(high)}`],
    height: grid.height,
    paint(context, left, top) {
      const atlas = atlasOf(layer, colorTable(low, high, theme));
      context.imageSmoothingEnabled = grid.side < 2 * width;
      for (let i = 0; i < count; i += 1) {
        const [x, y] = [left + (i % grid.columns) * grid.pitch, top + Math.floor(i / grid.columns) * grid.pitch];
        context.drawImage(atlas, 0, i * height, width, height, x, y, grid.side, grid.side);
      }
    },
  };
}

function inputRow({ shape: [height, width], data }, theme) {
  return {
    words: [`${height} × ${width}`],
    height: INPUT,
    paint(context, left, top) {
      const atlas = atlasOf({ bytes: decodeBytes(data), count: 1, height, width }, inkTable(theme));
      context.imageSmoothingEnabled = false;
      context.drawImage(atlas, left, top, INPUT, INPUT);
    },
  };
}

// → the promise of a PNG
export function towerPicture({ input, layers }, title, theme) {
  const rows = [inputRow(input, theme), ...layers.map((layer) => rowOf(layer, theme))];
  const tall = rows.reduce((sum, row) => sum + Math.max(LEAST, row.height) + GAP, HEAD + MARGIN - GAP);
  const { canvas, context } = createCanvas(WIDTH, Math.ceil(tall), { alpha: false });
  const style = getComputedStyle(document.documentElement);
  const [ground, ink, soft, line, sans, serif] = ["--ground", "--ink", "--soft", "--line", "--sans", "--serif"]
    .map((name) => style.getPropertyValue(name));
  const write = (text, font, fillStyle, x, y) => {
    Object.assign(context, { font, fillStyle, textBaseline: "top" });
    context.fillText(text, x, y);
  };
  context.fillStyle = ground;
  context.fillRect(0, 0, WIDTH, canvas.height);
  write(title, `600 36px ${serif}`, ink, MARGIN, MARGIN);
  let y = HEAD;
  for (const row of rows) {
    context.fillStyle = line;
    context.fillRect(MARGIN, y - GAP / 2, WIDTH - 2 * MARGIN, 1);
    const [name, ...rest] = row.words;
    write(name, `600 22px ${sans}`, ink, MARGIN, y);
    rest.forEach((text, i) => write(text, `17px ${sans}`, soft, MARGIN, y + 30 + i * 24));
    row.paint(context, MARGIN + NAMES, y);
    y += Math.max(LEAST, row.height) + GAP;
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
