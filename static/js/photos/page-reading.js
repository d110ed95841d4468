// Turns a photo into a picture for the pad: { image, body }, what is shown and what is posted. With several digits it
// has photo: { source, prediction, model, index }. `source`: { image, body } of the photo, `prediction`: the response
// of /api/read by the network `model`, `index`: the digit on the pad.
import { squareAround } from "./label-layout.js";
import { decodeBytes } from "../lib/decode.js";
import { digitToPicture } from "./digit-image.js";
import { createCanvas } from "../lib/canvas.js";

const VEIL = "rgb(255 254 250 / 0.6)";
const CLEAR_MARGIN_SHARE = 0.06; // of the cut-out's side, around the digit

// Cuts out the photo around one digit and fades its neighbours.
function cutOutDigit(image, [x, y, width, height], prediction) {
  const scale = image.width / prediction.width;
  const square = squareAround([x, y, width, height], prediction);
  const side = Math.max(1, Math.round(square.side * scale));
  const { canvas, context } = createCanvas(side);
  context.drawImage(image, -square.x * scale, -square.y * scale);
  const margin = CLEAR_MARGIN_SHARE * side;
  context.beginPath();
  context.rect(0, 0, side, side);
  const [left, top] = [(x - square.x) * scale - margin, (y - square.y) * scale - margin];
  context.rect(left, top, width * scale + 2 * margin, height * scale + 2 * margin);
  context.fillStyle = VEIL;
  context.fill("evenodd");
  return canvas;
}

// Returns the picture of one digit of a photo. Without any digit: the photo itself with nothing to post.
export function pictureFromPhoto(source, prediction, model, chosen = 0) {
  const { digits } = prediction;
  if (digits.length === 0) return { image: source.image, body: null };
  const index = Math.min(chosen, digits.length - 1);
  const { box, input } = digits[index];
  // Posts the 28×28 input of this digit: the server's preprocessing leaves it unchanged.
  const { body } = digitToPicture(decodeBytes(input.data));
  const picture = { image: cutOutDigit(source.image, box, prediction), body };
  return digits.length === 1 ? picture : { ...picture, photo: { source, prediction, model, index } };
}

export const selectDigit = ({ source, prediction, model }, index) => pictureFromPhoto(source, prediction, model, index);

// Returns a function that reads the photo again when its prediction is by another network than the chosen one. Call it
// at each change. A failed request is not repeated until the photo or the network changes.
export function createPageRereader({ read, onRead, onFailed }) {
  let current = null;
  return function update(photo, model) {
    if (current && current.source === photo?.source && current.model === model) return;
    current?.controller.abort();
    current = null;
    if (!photo || !model || photo.model === model) return;
    const own = { source: photo.source, model, controller: new AbortController() };
    current = own;
    read(photo.source, model, own.controller.signal).then(
      (prediction) => {
        if (current !== own) return;
        current = null;
        onRead(photo.source, prediction, model);
      },
      (error) => { if (current === own) onFailed(error); },
    );
  };
}
