// The 28 × 28 picture that the network really gets, with the number under the pointer.
import { inkTable } from "../lib/colormap.js";
import { colorBytes, decodeBytes } from "../lib/decode.js";
import { cellUnder } from "../lib/grid-layout.js";
import { isModified } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";

const MIDDLE = [14, 14];

export function createInput(canvas, readout, { getTheme, copy, onPoint }) {
  const context = canvas.getContext("2d");
  const [width, height] = [canvas.width, canvas.height];
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const rest = readout.textContent;
  let bytes = new Uint8Array(width * height);
  let at = null; // [y, x]

  function paint() {
    colorBytes(bytes, inkTable(getTheme()), pixels);
    context.putImageData(image, 0, 0);
    copy.getContext("2d").putImageData(image, 0, 0); // at the beginning of the tower
    tell();
  }

  function tell() {
    readout.textContent = at === null ? rest
      : t("inside.pixel", { row: at[0] + 1, column: at[1] + 1, value: (bytes[at[0] * width + at[1]] / 255).toFixed(2) });
  }

  function look(place) {
    at = place;
    onPoint(at);
    tell();
  }

  const point = (event) => look(cellUnder(event, canvas, [height, width]));
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") look(null); }); // a finger covers it
  canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) look(MIDDLE); });
  canvas.addEventListener("blur", () => look(null));
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!move || isModified(event)) return;
    event.preventDefault();
    const [y, x] = at ?? MIDDLE; // the pointer may have come and gone
    look([(y + move[0] + height) % height, (x + move[1] + width) % width]);
  });

  return {
    paint,
    show(input) {
      bytes = input ? decodeBytes(input.data) : new Uint8Array(width * height);
      paint();
    },
  };
}
