// Real MNIST test digits: one sheet, a row for each digit, fetched when the first of them is asked for.
import { t } from "./lang.js";
import { pictureOfDigit, SIDE } from "./mnist.js";
import { createCanvas } from "./png.js";

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
    return pictureOfDigit(bytesOf(await sheet, digit, last));
  };
}
