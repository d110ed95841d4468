// What a photo becomes once its digits are found. A picture is { image, body }: what the pad shows and what is posted.
// One of several digits has its sheet as well, { page, read, model, at }: the photo, what the server read on it, the
// network that did, and which digit is on the pad.
import { cutSquare } from "./label-layout.js";
import { decodeBytes } from "../lib/decode.js";
import { pictureOfDigit } from "./digit-image.js";
import { createCanvas } from "../lib/canvas.js";

const VEIL = "rgb(255 254 250 / 0.6)";
const CLEAR = 0.06; // of the cut-out's side: what stays clear around the digit

// The photo around one digit. Its neighbours fade, so that it is plain which one is meant.
function cutOut(image, [x, y, width, height], read) {
  const scale = image.width / read.width;
  const square = cutSquare([x, y, width, height], read);
  const side = Math.max(1, Math.round(square.side * scale));
  const { canvas, context } = createCanvas(side);
  context.drawImage(image, -square.x * scale, -square.y * scale);
  const clear = CLEAR * side;
  context.beginPath();
  context.rect(0, 0, side, side);
  const [left, top] = [(x - square.x) * scale - clear, (y - square.y) * scale - clear];
  context.rect(left, top, width * scale + 2 * clear, height * scale + 2 * clear);
  context.fillStyle = VEIL;
  context.fill("evenodd");
  return canvas;
}

// The picture for the pad: without any digit the photo itself, and nothing to post.
export function pictureOf(page, read, model, wanted = 0) {
  if (read.digits.length === 0) return { image: page.image, body: null };
  const at = Math.min(wanted, read.digits.length - 1);
  const { box, input } = read.digits[at];
  // What is posted is the network's own 28 × 28, which the server brings back to just these numbers.
  const picture = { image: cutOut(page.image, box, read), body: pictureOfDigit(decodeBytes(input.data)).body };
  return read.digits.length === 1 ? picture : { ...picture, sheet: { page, read, model, at } };
}

export const turnTo = ({ page, read, model }, at) => pictureOf(page, read, model, at);

// A sheet shows what one network read. Where another one is chosen, or a step back brings a sheet that another one read,
// it is read again: `look` is told of every change. What failed is not asked again until something else was looked at.
export function createReread({ read, onRead, onFailed }) {
  let under = null;
  return function look(sheet, model) {
    if (under && under.page === sheet?.page && under.model === model) return;
    under?.controller.abort();
    under = null;
    if (!sheet || !model || sheet.model === model) return;
    const mine = { page: sheet.page, model, controller: new AbortController() };
    under = mine;
    read(sheet.page, model, mine.controller.signal).then(
      (answer) => {
        if (under !== mine) return;
        under = null;
        onRead(sheet.page, answer, model);
      },
      (error) => { if (under === mine) onFailed(error); },
    );
  };
}
