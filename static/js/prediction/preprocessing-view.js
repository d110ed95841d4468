// From ink to the 28 × 28, frame by frame: the ink, its greys, the box found, the box scaled. The last frame, the picture
// that the network gets, is input.js. Two switches show why it takes all that: without scaling, without centring.
import { inkOf, inkTable } from "../lib/colormap.js";
import { colorBytes, decodeBytes } from "../lib/decode.js";
import { t } from "../lib/i18n.js";
import { paintDrawing } from "../drawing/pad.js";
import { boxIn, sideOf } from "../drawing/coordinates.js";
import { createCanvas } from "../lib/canvas.js";

const FOUND = "#b3400f"; // the frames are paper in both themes
const SIDE = 28;
const POSTED = 280; // px, of a drawing: see pad.js

export function createFilm(root, page) {
  const { state } = page;
  const frames = [...root.querySelectorAll("canvas[data-frame]")].map((canvas) => {
    const options = { willReadFrequently: canvas.dataset.frame === "grey" };
    return { canvas, context: canvas.getContext("2d", options) };
  });
  const [ink, grey, box, scaled] = frames;
  const captions = [...root.querySelectorAll(".caption")];
  const place = root.querySelector(".place");
  const [about, scaling, centring] = [".about", "#scaling", "#centring"].map((each) => root.querySelector(each));
  const cells = createCanvas(SIDE);
  const image = cells.context.createImageData(SIDE, SIDE);
  let side = 0;
  let frame = null;

  scaling.addEventListener("change", () => state.set({ scaled: scaling.checked }));
  centring.addEventListener("change", () => state.set({ centred: centring.checked }));

  function paintInk() {
    ink.context.clearRect(0, 0, side, side);
    paintDrawing(ink.context, page.drawing(), side);
  }

  // The greys as they are posted: black on white, brought to the paper's and the ink's own colours.
  function paintGreys() {
    const { context } = grey;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, side, side);
    paintDrawing(context, page.drawing(), side, "#000");
    const shown = context.getImageData(0, 0, side, side);
    inkOf(shown.data, inkTable(page.getTheme()));
    context.putImageData(shown, 0, 0);
  }

  function paintBox(input) {
    const { context } = box;
    context.clearRect(0, 0, side, side);
    if (!input) return;
    context.globalAlpha = 0.3;
    context.drawImage(grey.canvas, 0, 0);
    context.globalAlpha = 1;
    const [x, y, width, height] = boxIn(input.box, input.size, side);
    context.drawImage(grey.canvas, x, y, width, height, x, y, width, height);
    context.strokeStyle = FOUND;
    context.lineWidth = Math.max(2, side / 56);
    context.strokeRect(x, y, width, height);
  }

  function paintScaled(input) {
    const { context } = scaled;
    context.clearRect(0, 0, side, side);
    if (!input) return;
    colorBytes(decodeBytes(input.data), inkTable(page.getTheme()), new Uint32Array(image.data.buffer));
    cells.context.putImageData(image, 0, 0);
    const [x, y, width, height] = input.place;
    const cell = Math.floor(side / sideOf(input.place));
    const [left, top] = [Math.floor((side - width * cell) / 2), Math.floor((side - height * cell) / 2)];
    context.imageSmoothingEnabled = false;
    context.drawImage(cells.canvas, x, y, width, height, left, top, width * cell, height * cell);
  }

  function tell(input, now) {
    const [width, height] = input?.size ?? [POSTED, POSTED];
    const [, , across, down] = input?.place ?? [0, 0, 20, 20];
    captions[1].textContent = t("film.greys", { width, height });
    captions[2].textContent = input ? t("film.box_of", { width: input.box[2], height: input.box[3] }) : t("film.box");
    captions[3].textContent = !input && now.scaled ? t("film.fitted") : t(now.scaled ? "film.scaled" : "film.unscaled", { width: across, height: down });
    captions[4].textContent = t(now.centred ? "film.centred" : "film.uncentred");
    place.hidden = !input;
    if (input) ["--x", "--y", "--w", "--h"].forEach((name, i) => place.style.setProperty(name, input.place[i] / SIDE));
    const said = t(now.scaled ? (now.centred ? "film.about" : "film.not_centred") : now.centred ? "film.not_scaled" : "film.neither");
    if (about.textContent !== said) about.textContent = said;
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
    paintGreys();
    paintBox(input);
    paintScaled(input);
    tell(input, now);
  }

  const repaint = () => { frame ??= requestAnimationFrame(paint); };

  new ResizeObserver(() => {
    const wanted = Math.round(ink.canvas.clientWidth * Math.min(2, window.devicePixelRatio || 1));
    if (wanted === 0 || wanted === side) return;
    side = wanted;
    for (const { canvas } of frames) canvas.width = canvas.height = side;
    paint();
  }).observe(ink.canvas);

  state.subscribe((now, before) => {
    if (["history", "stroke", "answer", "scaled", "centred"].some((name) => now[name] !== before[name])) repaint();
  });
  return { paint };
}
