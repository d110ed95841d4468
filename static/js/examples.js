// Real MNIST test digits: one sheet, a row for each digit, fetched when the first of them is asked for.
import { t } from "./lang.js";
import { createCanvas, pngOf } from "./png.js";

const TILE = 28;
const COLUMNS = 40;
const POSTED_SIDE = 280;

function load(url) {
  return new Promise((resolve, reject) => {
    const sheet = new Image();
    sheet.onload = () => resolve(sheet);
    sheet.onerror = () => reject(new Error(t("notice.sheet_missing")));
    sheet.src = url;
  });
}

// The sheet is bright ink on black. As ink on paper: black, as opaque as the tile is bright.
function inkTile(sheet, digit, column) {
  const { canvas, context } = createCanvas(TILE);
  context.drawImage(sheet, column * TILE, digit * TILE, TILE, TILE, 0, 0, TILE, TILE);
  const image = context.getImageData(0, 0, TILE, TILE);
  for (let i = 0; i < image.data.length; i += 4) {
    const brightness = image.data[i];
    image.data.set([0, 0, 0, brightness], i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function enlarged(tile) {
  const { canvas, context } = createCanvas(POSTED_SIDE);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, POSTED_SIDE, POSTED_SIDE);
  context.drawImage(tile, 0, 0, POSTED_SIDE, POSTED_SIDE);
  return pngOf(canvas);
}

export function createExamples(url) {
  let sheet = null;
  let last = -1;
  return async function pick(digit) {
    sheet ??= load(url);
    try {
      await sheet;
    } catch (error) {
      sheet = null;
      throw error;
    }
    last = (last + 1 + Math.floor(Math.random() * (COLUMNS - 1))) % COLUMNS; // never the same column twice running
    const image = inkTile(await sheet, digit, last);
    return { image, body: await enlarged(image) };
  };
}
