// Serves MNIST test digits from one sprite image: a row for each digit, loaded at the first request.
import { t } from "../lib/i18n.js";
import { INPUT_SIDE } from "../drawing/coordinates.js";
import { digitToPicture } from "./digit-image.js";
import { createCanvas } from "../lib/canvas.js";

const COLUMNS = 40;

function loadImage(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error(t("notice.sheet_missing")));
    image.src = url;
  });
}

// The sprite has bright ink on black.
function digitBytes(sprite, digit, column) {
  const side = INPUT_SIDE;
  const { context } = createCanvas(side);
  context.drawImage(sprite, column * side, digit * side, side, side, 0, 0, side, side);
  return context.getImageData(0, 0, side, side).data.filter((_, i) => i % 4 === 0);
}

let spriteRequest = null;

// A failed load is repeated at the next call.
async function loadSprite(url) {
  spriteRequest ??= loadImage(url);
  try {
    return await spriteRequest;
  } catch (error) {
    spriteRequest = null;
    throw error;
  }
}

let lastColumn = -1;

// Resolves to a random picture of a digit. The same column never comes twice in a row.
export async function pickExample(url, digit) {
  const sprite = await loadSprite(url);
  lastColumn = (lastColumn + 1 + Math.floor(Math.random() * (COLUMNS - 1))) % COLUMNS;
  return digitToPicture(digitBytes(sprite, digit, lastColumn));
}

let exampleBytes = null;

// Resolves to the bytes of `each` digits per class, evenly spaced in the row, ordered by class.
export async function loadExampleDigits(url, each) {
  const sprite = await loadSprite(url);
  exampleBytes ??= new Uint8Array(Array.from({ length: 10 * each }, (_, i) =>
    [...digitBytes(sprite, Math.floor(i / each), (i % each) * (COLUMNS / each))]).flat());
  return exampleBytes;
}
