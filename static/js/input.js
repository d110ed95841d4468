// The 28 × 28 picture that the network really gets, with the number under the pointer.
import { inkTable } from "./colors.js";
import { colorBytes, decodeBytes } from "./decode.js";
import { isModified } from "./keys.js";
import { t } from "./lang.js";

const MIDDLE = { x: 14, y: 14 };

export function createInput(canvas, readout, { getTheme, copy, onPoint }) {
  const context = canvas.getContext("2d");
  const [width, height] = [canvas.width, canvas.height];
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const rest = readout.textContent;
  let bytes = new Uint8Array(width * height);
  let at = null;

  function paint() {
    colorBytes(bytes, inkTable(getTheme()), pixels);
    context.putImageData(image, 0, 0);
    copy.getContext("2d").putImageData(image, 0, 0); // at the beginning of the tower
    tell();
  }

  function tell() {
    readout.textContent = at === null ? rest
      : t("inside.pixel", { row: at.y + 1, column: at.x + 1, value: (bytes[at.y * width + at.x] / 255).toFixed(2) });
  }

  function look(place) {
    at = place;
    onPoint(at && [at.y, at.x]);
    tell();
  }

  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    const clamp = (value, size) => Math.min(size - 1, Math.max(0, Math.floor(value * size)));
    look({ x: clamp((event.clientX - box.left) / box.width, width), y: clamp((event.clientY - box.top) / box.height, height) });
  });
  canvas.addEventListener("pointerleave", () => look(null));
  canvas.addEventListener("focus", () => look(MIDDLE));
  canvas.addEventListener("blur", () => look(null));
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move || isModified(event)) return;
    event.preventDefault();
    const from = at ?? MIDDLE; // the pointer may have come and gone
    look({ x: (from.x + move[0] + width) % width, y: (from.y + move[1] + height) % height });
  });

  return {
    paint,
    show(input) {
      bytes = input ? decodeBytes(input.data) : new Uint8Array(width * height);
      paint();
    },
  };
}
