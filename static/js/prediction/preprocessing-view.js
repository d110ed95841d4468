// Shows the preprocessing in frames: ink, grey image, detected box, scaled box. Two switches turn off scaling and
// centring.
import { inkTable, recolorInk } from "../lib/colormap.js";
import { colorBytes, decodeBytes } from "../lib/decode.js";
import { t } from "../lib/i18n.js";
import { paintDrawing } from "../drawing/pad.js";
import { boxInSquare, frameSide, INPUT_SIDE, POSTED_SIDE } from "../drawing/coordinates.js";
import { createCanvas } from "../lib/canvas.js";

const BOX_COLOR = "#b3400f"; // the frames show paper in both themes
const MAX_PIXEL_RATIO = 2;
const RELEVANT_FIELDS = ["history", "stroke", "answer", "scaled", "centred"];

export function createPreprocessingView(root, { state, drawing, getTheme }) {
  const frames = [...root.querySelectorAll("canvas[data-frame]")].map((canvas) => {
    const options = { willReadFrequently: canvas.dataset.frame === "grey" };
    return { canvas, context: canvas.getContext("2d", options) };
  });
  const [ink, grey, box, scaled] = frames;
  const captions = [...root.querySelectorAll(".caption")];
  const place = root.querySelector(".place");
  const [about, scaling, centring] = [".about", "#scaling", "#centring"].map((each) => root.querySelector(each));
  const cells = createCanvas(INPUT_SIDE);
  const image = cells.context.createImageData(INPUT_SIDE, INPUT_SIDE);
  let side = 0;
  let frame = null;

  scaling.addEventListener("change", () => state.set({ scaled: scaling.checked }));
  centring.addEventListener("change", () => state.set({ centred: centring.checked }));

  function paintInk() {
    ink.context.clearRect(0, 0, side, side);
    paintDrawing(ink.context, drawing(), side);
  }

  // Paints the posted image, black on white, in the colours of paper and ink.
  function paintGrey() {
    const { context } = grey;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, side, side);
    paintDrawing(context, drawing(), side, "#000");
    const shown = context.getImageData(0, 0, side, side);
    recolorInk(shown.data, inkTable(getTheme()));
    context.putImageData(shown, 0, 0);
  }

  function paintBox(input) {
    const { context } = box;
    context.clearRect(0, 0, side, side);
    if (!input) return;
    context.globalAlpha = 0.3;
    context.drawImage(grey.canvas, 0, 0);
    context.globalAlpha = 1;
    const [x, y, width, height] = boxInSquare(input.box, input.size, side);
    context.drawImage(grey.canvas, x, y, width, height, x, y, width, height);
    context.strokeStyle = BOX_COLOR;
    context.lineWidth = Math.max(2, side / 56);
    context.strokeRect(x, y, width, height);
  }

  function paintScaled(input) {
    const { context } = scaled;
    context.clearRect(0, 0, side, side);
    if (!input) return;
    colorBytes(decodeBytes(input.data), inkTable(getTheme()), new Uint32Array(image.data.buffer));
    cells.context.putImageData(image, 0, 0);
    const [x, y, width, height] = input.place;
    const cell = Math.floor(side / frameSide(input.place));
    const [left, top] = [Math.floor((side - width * cell) / 2), Math.floor((side - height * cell) / 2)];
    context.imageSmoothingEnabled = false;
    context.drawImage(cells.canvas, x, y, width, height, left, top, width * cell, height * cell);
  }

  function showTexts(input, now) {
    const [width, height] = input?.size ?? [POSTED_SIDE, POSTED_SIDE];
    const [, , across, down] = input?.place ?? [0, 0, 20, 20];
    captions[1].textContent = t("film.greys", { width, height });
    captions[2].textContent = input ? t("film.box_of", { width: input.box[2], height: input.box[3] }) : t("film.box");
    captions[3].textContent = !input && now.scaled ? t("film.fitted")
      : t(now.scaled ? "film.scaled" : "film.unscaled", { width: across, height: down });
    captions[4].textContent = t(now.centred ? "film.centred" : "film.uncentred");
    place.hidden = !input;
    for (const [i, name] of ["--x", "--y", "--w", "--h"].entries()) {
      if (input) place.style.setProperty(name, input.place[i] / INPUT_SIDE);
    }
    const scaledKey = now.centred ? "film.about" : "film.not_centred";
    const unscaledKey = now.centred ? "film.not_scaled" : "film.neither";
    const text = t(now.scaled ? scaledKey : unscaledKey);
    if (about.textContent !== text) about.textContent = text;
    about.classList.toggle("off", !now.scaled || !now.centred);
    scaling.checked = now.scaled;
    centring.checked = now.centred;
  }

  function paint() {
    frame = null;
    if (side === 0) return;
    const now = state.get();
    const input = now.answer?.input ?? null;
    paintInk();
    paintGrey();
    paintBox(input);
    paintScaled(input);
    showTexts(input, now);
  }

  function repaint() {
    if (frame === null) frame = requestAnimationFrame(paint);
  }

  new ResizeObserver(() => {
    const newSide = Math.round(ink.canvas.clientWidth * Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1));
    if (newSide === 0 || newSide === side) return;
    side = newSide;
    for (const { canvas } of frames) canvas.width = canvas.height = side;
    paint();
  }).observe(ink.canvas);

  state.subscribe((now, before) => {
    if (RELEVANT_FIELDS.some((name) => now[name] !== before[name])) repaint();
  });
  return { paint };
}
