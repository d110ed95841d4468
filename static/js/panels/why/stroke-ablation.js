// Each stroke of the drawing as a card: what would be read without it, and what it adds to each digit.
import { RequestRefused } from "../../api/client.js";
import { createDrawingQuery } from "../../api/drawing-query.js";
import { contribution, without } from "./attribution.js";
import { t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";
import { createCanvas } from "../../lib/canvas.js";
import { paintStroke } from "../../drawing/strokes.js";

const SIDE = 144; // px of a small picture
const LITTLE = 0.5; // percentage points
const MOST = 12; // strokes: each is a question to the server, and no digit has more

function thumbnail() {
  const { canvas, context } = createCanvas(SIDE);
  canvas.setAttribute("aria-hidden", "true");
  return { canvas, context };
}

function paintThumbnail({ canvas, context }, drawing, i) {
  const { color, borderTopColor } = getComputedStyle(canvas);
  context.clearRect(0, 0, SIDE, SIDE);
  // The others first: the one that it is about lies on top.
  for (const at of [...drawing.strokes.keys()].sort((a, b) => (a === i) - (b === i))) {
    context.strokeStyle = at === i ? color : borderTopColor;
    context.fillStyle = context.strokeStyle;
    paintStroke(context, drawing.strokes[at], SIDE);
  }
}

function effect({ points, up, down }) {
  const most = Math.max(points[up], -points[down]);
  if (most < LITTLE) return t("why.changes_little");
  return t("why.adds", { up, plus: points[up].toFixed(0), down, minus: (-points[down]).toFixed(0) });
}

function bars({ points }, told) {
  const columns = points.map((value, digit) => {
    const bar = make("span", { class: value < 0 ? "less" : "more" });
    bar.style.setProperty("--points", (Math.abs(value) / 100).toFixed(4));
    return make("span", { class: "column" }, bar, make("small", {}, String(digit)));
  });
  return make("div", { class: "adds", role: "img", "aria-label": told }, ...columns);
}

function outcome(reading) {
  if (!reading) return t("why.nothing_left");
  return reading.sure ? t("why.without", { digit: reading.digit }) : t("why.without_unsure", { digit: reading.digit });
}

// Why nothing can be taken away; empty where it can.
function why({ picture, strokes }) {
  if (picture) return t("why.is_picture");
  if (strokes.length > MOST) return t("why.many_strokes", { most: MOST });
  return strokes.length < 2 ? t("why.one_stroke") : "";
}

// `onPoint(stroke)` hears which stroke somebody points at, null when it is none.
export function createStrokeCards(root, page, { onPoint, draw }) {
  const list = make("ol", { class: "strokes" });
  const note = make("p", { class: "why-note" });
  root.append(make("h3", {}, t("why.strokes")), make("p", {}, t("why.strokes_mean")), note, list);
  let cards = []; // { thumbnail, drawing, i }

  const asking = createDrawingQuery(page, {
    async ask(signal) {
      const drawing = page.drawing();
      if (why(drawing)) return { drawing, all: null, rest: [] };
      const all = await page.ask("api/predict", {}, signal, drawing);
      const rest = [];
      for (const i of drawing.strokes.keys()) rest.push(await read(without(drawing, i), signal));
      return { drawing, all, rest };
    },
    show,
    fail() { root.hidden = true; }, // the picture above says why
  });

  // What is left may be too little to be read: then there is no reading.
  async function read(drawing, signal) {
    try {
      return await page.ask("api/predict", {}, signal, drawing);
    } catch (error) {
      if (error instanceof RequestRefused && error.type === "no-ink") return null;
      throw error;
    }
  }

  function show({ drawing, all, rest }) {
    const held = list.contains(document.activeElement);
    onPoint(null);
    cards = all ? rest.map((reading, i) => card(drawing, i, all, reading)) : [];
    list.replaceChildren(...cards.map(({ element }) => element));
    root.hidden = drawing.strokes.length === 0 && !drawing.picture;
    note.textContent = why(drawing);
    paint();
    if (held) (list.querySelector("button") ?? document.getElementById("pad")).focus();
  }

  function card(drawing, i, all, reading) {
    const small = thumbnail();
    const adds = reading && contribution(all.probabilities, reading.probabilities);
    const told = adds ? effect(adds) : "";
    const button = make("button", { type: "button" }, t("why.remove"));
    button.setAttribute("aria-label", t("why.remove_number", { number: i + 1 }));
    button.addEventListener("click", () => draw(without(drawing, i)));
    const words = make("div", {},
      make("h4", {}, t("why.stroke", { number: i + 1 })),
      make("p", { class: "outcome" }, outcome(reading)),
      make("p", {}, told));
    const element = make("li", {}, small.canvas, words, ...(adds ? [bars(adds, told)] : []), button);
    const point = () => onPoint(drawing.strokes[i]);
    for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, point);
    for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, () => onPoint(null));
    return { element, small, drawing, i };
  }

  function paint() {
    for (const { small, drawing, i } of cards) paintThumbnail(small, drawing, i);
  }

  return { update: asking.update, paint };
}
