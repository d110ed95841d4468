// Paints all layers as one picture: the 28×28 input, then a row for each layer with its name, shape, range and maps.
import { colorTable, inkTable } from "../lib/colormap.js";
import { decodeBytes, decodeLayer } from "../lib/decode.js";
import { createCanvas } from "../lib/canvas.js";
import { paintBytes } from "../lib/canvas-painting.js";
import { signed } from "../lib/number-format.js";
import { shapeText } from "../network/layer-text.js";

const WIDTH_PX = 1400;
const MARGIN_PX = 48;
const TEXT_WIDTH_PX = 260; // a layer's name, shape and range
const MAPS_WIDTH_PX = WIDTH_PX - 2 * MARGIN_PX - TEXT_WIDTH_PX;
const ROW_GAP_PX = 28;
const HEAD_PX = 120;
const MIN_ROW_PX = 80; // three lines of text
const MAX_MAP_PX = 84;
const MAX_MAP_SCALE = 7; // times the size of the map
const MAX_CELL_PX = 20; // a single number
const INPUT_PX = 168;

// Maps of equal size in full rows, as large as the width allows.
function gridOf({ count, height, width }) {
  const isVector = height === 1;
  const most = isVector ? MAX_CELL_PX : Math.min(MAX_MAP_PX, width * MAX_MAP_SCALE);
  const columns = Math.min(count, isVector ? Math.floor(MAPS_WIDTH_PX / (most + 1)) : count > 64 ? 32 : 16);
  const gap = isVector ? 1 : 3;
  const side = Math.min(most, Math.floor(MAPS_WIDTH_PX / columns) - gap);
  return { columns, pitch: side + gap, side, height: Math.ceil(count / columns) * (side + gap) - gap };
}

// All maps below each other on one canvas, a pixel a number.
function atlasOf({ bytes, count, height, width }, table) {
  const { canvas } = createCanvas(width, height * count);
  paintBytes(canvas, bytes, [height * count, width], table);
  return canvas;
}

function layerRow(encoded, theme) {
  const layer = decodeLayer(encoded);
  const { count, height, width, low, high } = layer;
  const grid = gridOf(layer);
  return {
    texts: [layer.name, shapeText(layer), `${signed(low)} … ${signed(high)}`],
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
    texts: [`${height} × ${width}`],
    height: INPUT_PX,
    paint(context, left, top) {
      const atlas = atlasOf({ bytes: decodeBytes(data), count: 1, height, width }, inkTable(theme));
      context.imageSmoothingEnabled = false;
      context.drawImage(atlas, left, top, INPUT_PX, INPUT_PX);
    },
  };
}

// Paints a prediction of /api/predict with all layers. Returns the promise of a PNG blob.
export function networkPicture({ input, layers }, title, theme) {
  const rows = [inputRow(input, theme), ...layers.map((layer) => layerRow(layer, theme))];
  const pitchOf = (row) => Math.max(MIN_ROW_PX, row.height) + ROW_GAP_PX;
  const height = rows.reduce((sum, row) => sum + pitchOf(row), HEAD_PX + MARGIN_PX - ROW_GAP_PX);
  const { canvas, context } = createCanvas(WIDTH_PX, Math.ceil(height), { alpha: false });
  const style = getComputedStyle(document.documentElement);
  const [ground, ink, soft, line, sans, serif] = ["--ground", "--ink", "--soft", "--line", "--sans", "--serif"]
    .map((name) => style.getPropertyValue(name));
  const write = (text, font, fillStyle, x, y) => {
    Object.assign(context, { font, fillStyle, textBaseline: "top" });
    context.fillText(text, x, y);
  };
  context.fillStyle = ground;
  context.fillRect(0, 0, WIDTH_PX, canvas.height);
  write(title, `600 36px ${serif}`, ink, MARGIN_PX, MARGIN_PX);
  let y = HEAD_PX;
  for (const row of rows) {
    context.fillStyle = line;
    context.fillRect(MARGIN_PX, y - ROW_GAP_PX / 2, WIDTH_PX - 2 * MARGIN_PX, 1);
    const [name, ...rest] = row.texts;
    write(name, `600 22px ${sans}`, ink, MARGIN_PX, y);
    rest.forEach((text, i) => write(text, `17px ${sans}`, soft, MARGIN_PX, y + 30 + i * 24));
    row.paint(context, MARGIN_PX + TEXT_WIDTH_PX, y);
    y += pitchOf(row);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
