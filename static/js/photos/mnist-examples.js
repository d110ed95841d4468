// Real MNIST test digits: one sheet, a row for each digit, fetched when the first of them is asked for.
import { t } from "../lib/i18n.js";
import { pictureOfDigit, SIDE } from "./digit-image.js";
import { createCanvas } from "../lib/canvas.js";

const COLUMNS = 40;

function load(url) {
  return new Promise((resolve, reject) => {
    const sheet = new Image();
    sheet.onload = () => resolve(sheet);
    sheet.onerror = () => reject(new Error(t("notice.sheet_missing")));
    sheet.src = url;
  });
}

// The sheet is bright ink on black.
function bytesOf(sheet, digit, column) {
  const { context } = createCanvas(SIDE);
  context.drawImage(sheet, column * SIDE, digit * SIDE, SIDE, SIDE, 0, 0, SIDE, SIDE);
  return context.getImageData(0, 0, SIDE, SIDE).data.filter((_, i) => i % 4 === 0);
}

let coming = null;

async function sheetFrom(url) {
  coming ??= load(url);
  try {
    return await coming;
  } catch (error) {
    coming = null;
    throw error;
  }
}

export function createExamples(url) {
  let last = -1;
  return async function pick(digit) {
    const sheet = await sheetFrom(url);
    last = (last + 1 + Math.floor(Math.random() * (COLUMNS - 1))) % COLUMNS; // never the same column twice running
    return pictureOfDigit(bytesOf(sheet, digit, last));
  };
}

let forty = null;

// The bytes of `each` digits of every class, evenly through their row, one digit after the other.
export async function fortyDigits(url, each) {
  const sheet = await sheetFrom(url);
  forty ??= new Uint8Array(Array.from({ length: 10 * each }, (_, i) =>
    [...bytesOf(sheet, Math.floor(i / each), (i % each) * (COLUMNS / each))]).flat());
  return forty;
}
