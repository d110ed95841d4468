// Shows the 28×28 input of the network, with the value of the pixel under the pointer.
import { inkTable } from "../lib/colormap.js";
import { colorBytes, decodeBytes } from "../lib/decode.js";
import { cellUnder } from "../lib/grid-layout.js";
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";

const MIDDLE = [14, 14];

// `copy`: a canvas that shows the same image. `onPoint` gets the pixel [y, x] under the pointer, or null.
export function createInputView(canvas, readout, { getTheme, copy, onPoint }) {
  const context = canvas.getContext("2d");
  const [width, height] = [canvas.width, canvas.height];
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const hint = readout.textContent;
  let bytes = new Uint8Array(width * height);
  let at = null; // the pixel [y, x] under the pointer

  function paint() {
    colorBytes(bytes, inkTable(getTheme()), pixels);
    context.putImageData(image, 0, 0);
    copy.getContext("2d").putImageData(image, 0, 0);
    showReadout();
  }

  function showReadout() {
    if (at === null) {
      readout.textContent = hint;
      return;
    }
    const [y, x] = at;
    const value = (bytes[y * width + x] / 255).toFixed(2);
    readout.textContent = t("inside.pixel", { row: y + 1, column: x + 1, value });
  }

  function pointAt(pixel) {
    at = pixel;
    onPoint(at);
    showReadout();
  }

  const point = (event) => pointAt(cellUnder(event, canvas, [height, width]));
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") pointAt(null); // a finger covers the pixel
  });
  canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) pointAt(MIDDLE); });
  canvas.addEventListener("blur", () => pointAt(null));
  canvas.addEventListener("keydown", (event) => {
    const step = arrowStep(event.key);
    if (!step || hasModifier(event)) return;
    event.preventDefault();
    const [y, x] = at ?? MIDDLE; // the pointer may have left the canvas
    pointAt([(y + step[0] + height) % height, (x + step[1] + width) % width]);
  });

  return {
    paint,
    show(input) {
      bytes = input ? decodeBytes(input.data) : new Uint8Array(width * height);
      paint();
    },
  };
}
