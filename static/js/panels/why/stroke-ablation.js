// Shows a card for each stroke of the drawing: the prediction without it, and its effect on each digit.
import { RequestRefused } from "../../api/client.js";
import { createDrawingQuery } from "../../api/drawing-query.js";
import { strokeEffect, withoutStroke } from "./attribution.js";
import { t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";
import { createCanvas } from "../../lib/canvas.js";
import { paintStroke } from "../../drawing/strokes.js";

const THUMBNAIL_PX = 144;
const MIN_EFFECT_POINTS = 0.5; // percentage points; smaller effects are not written as numbers
const MAX_STROKES = 12; // each is one request

function createThumbnail() {
  const { canvas } = createCanvas(THUMBNAIL_PX);
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

// The style sheet gives the colours: `color` for stroke `i`, `border-color` for the others.
function paintThumbnail(canvas, drawing, i) {
  const context = canvas.getContext("2d");
  const { color, borderTopColor } = getComputedStyle(canvas);
  context.clearRect(0, 0, THUMBNAIL_PX, THUMBNAIL_PX);
  const lastOnTop = [...drawing.strokes.keys()].sort((a, b) => (a === i) - (b === i));
  for (const index of lastOnTop) {
    context.strokeStyle = index === i ? color : borderTopColor;
    context.fillStyle = context.strokeStyle;
    paintStroke(context, drawing.strokes[index], THUMBNAIL_PX);
  }
}

function effectText({ points, up, down }) {
  const largest = Math.max(points[up], -points[down]);
  if (largest < MIN_EFFECT_POINTS) return t("why.changes_little");
  return t("why.adds", { up, plus: points[up].toFixed(0), down, minus: (-points[down]).toFixed(0) });
}

function effectBars({ points }, label) {
  const columns = points.map((value, digit) => {
    const bar = make("span", { class: value < 0 ? "less" : "more" });
    bar.style.setProperty("--points", (Math.abs(value) / 100).toFixed(4));
    return make("span", { class: "column" }, bar, make("small", {}, String(digit)));
  });
  return make("div", { class: "adds", role: "img", "aria-label": label }, ...columns);
}

function predictionText(prediction) {
  if (!prediction) return t("why.nothing_left");
  return t(prediction.sure ? "why.without" : "why.without_unsure", { digit: prediction.digit });
}

// The reason why no stroke can be left out, or "".
function obstacleText({ picture, strokes }) {
  if (picture) return t("why.is_picture");
  if (strokes.length > MAX_STROKES) return t("why.many_strokes", { most: MAX_STROKES });
  return strokes.length < 2 ? t("why.one_stroke") : "";
}

// `onPoint(stroke or null)`: the stroke whose card is hovered or focused. `draw(drawing)` replaces the drawing.
export function createStrokeAblation(root, context, { onPoint, draw }) {
  const list = make("ol", { class: "strokes" });
  const note = make("p", { class: "why-note" });
  root.append(make("h3", {}, t("why.strokes")), make("p", {}, t("why.strokes_mean")), note, list);
  let cards = []; // [{ element, canvas, drawing, i }]

  const query = createDrawingQuery(context, {
    async ask(signal) {
      const drawing = context.drawing();
      if (obstacleText(drawing)) return { drawing, original: null, ablated: [] };
      const original = await context.ask("api/predict", {}, signal, drawing);
      const ablated = [];
      for (const i of drawing.strokes.keys()) ablated.push(await predict(withoutStroke(drawing, i), signal));
      return { drawing, original, ablated };
    },
    show,
    fail() { root.hidden = true; }, // the attribution above shows the error
  });

  // Resolves to null if too little ink is left.
  async function predict(drawing, signal) {
    try {
      return await context.ask("api/predict", {}, signal, drawing);
    } catch (error) {
      if (error instanceof RequestRefused && error.type === "no-ink") return null;
      throw error;
    }
  }

  function show({ drawing, original, ablated }) {
    const hadFocus = list.contains(document.activeElement);
    onPoint(null);
    cards = original ? ablated.map((prediction, i) => createCard(drawing, i, original, prediction)) : [];
    list.replaceChildren(...cards.map(({ element }) => element));
    root.hidden = drawing.strokes.length === 0 && !drawing.picture;
    note.textContent = obstacleText(drawing);
    paint();
    if (hadFocus) (list.querySelector("button") ?? document.getElementById("pad")).focus();
  }

  function createCard(drawing, i, original, prediction) {
    const canvas = createThumbnail();
    const effect = prediction && strokeEffect(original.probabilities, prediction.probabilities);
    const text = effect ? effectText(effect) : "";
    const button = make("button", { type: "button" }, t("why.remove"));
    button.setAttribute("aria-label", t("why.remove_number", { number: i + 1 }));
    button.addEventListener("click", () => draw(withoutStroke(drawing, i)));
    const words = make("div", {},
      make("h4", {}, t("why.stroke", { number: i + 1 })),
      make("p", { class: "outcome" }, predictionText(prediction)),
      make("p", {}, text));
    const element = make("li", {}, canvas, words, ...(effect ? [effectBars(effect, text)] : []), button);
    const point = () => onPoint(drawing.strokes[i]);
    for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, point);
    for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, () => onPoint(null));
    return { element, canvas, drawing, i };
  }

  function paint() {
    for (const { canvas, drawing, i } of cards) paintThumbnail(canvas, drawing, i);
  }

  return { update: query.update, paint };
}
