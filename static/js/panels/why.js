// Shows why a digit is predicted: the attribution of each pixel, and the effect of each stroke.
import { createDrawingQuery } from "../api/drawing-query.js";
import { decodeBytes, decodeFloats } from "../lib/decode.js";
import { attributionPixels, formatScore } from "./why/attribution.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { INPUT_SIDE, inputTransform } from "../drawing/coordinates.js";
import { errorText } from "../api/error-text.js";
import { createStrokeAblation } from "./why/stroke-ablation.js";
import { paintStroke } from "../drawing/strokes.js";

const OUTLINE_WIDTH = 0.6; // pixels of the 28×28, half of it on either side of the stroke
const MAX_PIXEL_RATIO = 3;
const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

function createDigitSelect(label, firstOption) {
  const options = ["", ...DIGITS].map((value) => make("option", { value }, value || firstOption));
  const field = make("select", {}, ...options);
  return { field, label: make("label", {}, make("span", {}, label), field) };
}

// A number of the equation with its caption.
function createTerm(text) {
  const number = make("b");
  const caption = make("span", {}, text);
  return { number, caption, element: make("div", { class: "term" }, number, caption) };
}

function buildLayout(root) {
  const digit = createDigitSelect(t("why.digit"), t("why.read"));
  const against = createDigitSelect(t("why.against"), t("why.none"));
  const canvas = make("canvas", { width: INPUT_SIDE, height: INPUT_SIDE, role: "img" });
  const outline = make("canvas", { "aria-hidden": "true" });
  const [above, below] = [make("span", { class: "above" }), make("span", { class: "below" })];
  const legend = make("p", { class: "why-legend" }, above, make("span", {}, t("why.nothing")), below);
  const title = make("h2");
  const terms = { sum: createTerm(t("why.sum")), drawing: createTerm(""), paper: createTerm("") };
  const equals = make("i");
  const equation = make("div", { class: "equation" },
    terms.sum.element, equals, terms.drawing.element, make("i", {}, "−"), terms.paper.element);
  const meaning = make("p");
  const words = make("div", { class: "why-words" },
    make("div", { class: "why-ask" }, digit.label, against.label), title, equation, meaning,
    make("p", {}, t("why.limits")), make("p", { class: "how" }, t("why.method")));
  const figure = make("div", { class: "why-figure" }, make("div", { class: "why-picture" }, canvas, outline), legend);
  const note = make("p", { class: "why-note", role: "status" });
  const content = make("div", { class: "why-top", hidden: true }, figure, words); // until there is an answer
  const strokes = make("section", { class: "why-strokes" });
  root.replaceChildren(note, content, strokes);
  return {
    digit: digit.field, against: against.field,
    canvas, outline, above, below, title, terms, equals, meaning, note, content, strokes,
  };
}

export function create(root, context, { draw }) {
  const parts = buildLayout(root);
  const canvasContext = parts.canvas.getContext("2d");
  let attribution = null; // the latest answer, decoded
  let outlinedStroke = null;

  const query = createDrawingQuery(context, {
    ask: (signal) => context.ask("api/importance", parameters(), signal),
    show(answer) {
      attribution = answer && {
        ...answer,
        ink: decodeBytes(answer.input.data),
        values: decodeFloats(answer.pixels).values,
      };
      showContent(t("why.empty"));
      paint();
    },
    fail(error) {
      attribution = null;
      showContent(errorText(error).detail);
    },
  });
  const strokeAblation = createStrokeAblation(parts.strokes, context, { onPoint: outlineStroke, draw });

  function parameters() {
    const chosen = ["digit", "against"].filter((name) => parts[name].value !== "");
    return Object.fromEntries(chosen.map((name) => [name, parts[name].value]));
  }

  // Shows the words and numbers; without an answer, `message` in their place.
  function showContent(message) {
    parts.note.textContent = attribution ? "" : message;
    parts.content.hidden = !attribution;
    if (!attribution) return;
    const { digit, against } = attribution;
    const values = { digit, against };
    const key = (name) => (against === null ? `why.${name}` : `why.${name}_against`);
    parts.title.textContent = t(key("title"), values);
    parts.meaning.textContent = t(key("means"), values);
    parts.canvas.setAttribute("aria-label", t(key("picture"), values));
    parts.above.textContent = t("why.for", values);
    parts.below.textContent = against === null ? t("why.not", values) : t("why.for", { digit: against });
    parts.terms.drawing.caption.textContent = t(key("drawing"), values);
    parts.terms.paper.caption.textContent = t(key("paper"), values);
    showEquation(attribution);
  }

  function showEquation({ sum, drawing, paper }) {
    for (const [name, value] of Object.entries({ sum, drawing, paper })) {
      parts.terms[name].number.textContent = formatScore(value);
    }
    // The integral is approximated by a sum, so the terms may differ in the last decimal.
    const isExact = Math.round(10 * sum) === Math.round(10 * drawing) - Math.round(10 * paper);
    parts.equals.textContent = isExact ? "=" : "≈";
  }

  function paint() {
    if (!attribution) return;
    const pixels = attributionPixels(attribution.ink, attribution.values, context.getTheme());
    canvasContext.putImageData(new ImageData(pixels, INPUT_SIDE, INPUT_SIDE), 0, 0);
    paintOutline();
  }

  // Outlines the hovered stroke at its place in the 28×28.
  function paintOutline() {
    const { outline } = parts;
    const side = Math.round(outline.clientWidth * Math.min(MAX_PIXEL_RATIO, devicePixelRatio || 1));
    outline.width = side;
    outline.height = side;
    if (!outlinedStroke || !attribution) return;
    const line = outline.getContext("2d");
    const { scale, shift } = inputTransform(attribution.input);
    const unit = side / INPUT_SIDE;
    line.setTransform(unit * scale[0], 0, 0, unit * scale[1], unit * shift[0], unit * shift[1]);
    line.strokeStyle = getComputedStyle(root).color;
    line.fillStyle = line.strokeStyle;
    paintStroke(line, { ...outlinedStroke, size: outlinedStroke.size + OUTLINE_WIDTH / scale[0] }, 1);
    line.globalCompositeOperation = "destination-out";
    paintStroke(line, outlinedStroke, 1);
  }

  function outlineStroke(stroke) {
    outlinedStroke = stroke;
    paintOutline();
  }

  for (const field of [parts.digit, parts.against]) field.addEventListener("change", query.refresh);
  new ResizeObserver(paintOutline).observe(parts.outline);

  return {
    update() {
      root.classList.toggle("stale", Boolean(context.state.get().stroke));
      query.update();
      strokeAblation.update();
    },
    paint() {
      paint();
      strokeAblation.paint();
    },
  };
}
