// Why this digit? The importance of each pixel over the ink, and what each stroke adds.
import { createDrawingQuery } from "../api/drawing-query.js";
import { decodeBytes, decodeFloats } from "../lib/decode.js";
import { overlay, score } from "./why/attribution.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { INPUT_SIDE, inputTransform } from "../drawing/coordinates.js";
import { errorText } from "../api/error-text.js";
import { createStrokeCards } from "./why/stroke-ablation.js";
import { paintStroke } from "../drawing/strokes.js";

const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

function select(label, first) {
  const options = ["", ...DIGITS].map((value) => make("option", { value }, value || first));
  const field = make("select", {}, ...options);
  return { field, label: make("label", {}, make("span", {}, label), field) };
}

// A figure of the equation with what it stands for.
function term(caption) {
  const figure = make("b");
  const told = make("span", {}, caption);
  return { figure, told, element: make("div", { class: "term" }, figure, told) };
}

function build(root) {
  const digit = select(t("why.digit"), t("why.read"));
  const against = select(t("why.against"), t("why.none"));
  const canvas = make("canvas", { width: INPUT_SIDE, height: INPUT_SIDE, role: "img" });
  const outline = make("canvas", { "aria-hidden": "true" });
  const frame = make("div", { class: "why-picture" }, canvas, outline);
  const legend = make("p", { class: "why-legend" },
    make("span", { class: "above" }), make("span", {}, t("why.nothing")), make("span", { class: "below" }));
  const title = make("h2");
  const terms = { sum: term(t("why.sum")), drawing: term(""), paper: term("") };
  const equals = make("i");
  const equation = make("div", { class: "equation" },
    terms.sum.element, equals, terms.drawing.element, make("i", {}, "−"), terms.paper.element);
  const means = make("p");
  const words = make("div", { class: "why-words" },
    make("div", { class: "why-ask" }, digit.label, against.label), title, equation, means,
    make("p", {}, t("why.limits")), make("p", { class: "how" }, t("why.method")));
  const figure = make("div", { class: "why-figure" }, frame, legend);
  const note = make("p", { class: "why-note", role: "status" });
  const picture = make("div", { class: "why-top", hidden: true }, figure, words); // until there is something to show
  const strokes = make("section", { class: "why-strokes" });
  root.replaceChildren(note, picture, strokes);
  const parts = { canvas, outline, legend, title, terms, equals, means, note, picture, strokes };
  return { digit: digit.field, against: against.field, ...parts };
}

export function create(root, page, { draw }) {
  const parts = build(root);
  const context = parts.canvas.getContext("2d");
  let shown = null; // the latest answer, decoded
  let outlined = null;

  const asking = createDrawingQuery(page, {
    ask: (signal) => page.ask("api/importance", question(), signal),
    show(answer) {
      shown = answer && {
        ...answer,
        ink: decodeBytes(answer.input.data),
        values: decodeFloats(answer.pixels).values,
      };
      tell(t("why.empty"));
      paint();
    },
    fail(error) {
      shown = null;
      tell(errorText(error).detail);
    },
  });
  const cards = createStrokeCards(parts.strokes, page, { onPoint, draw });

  function question() {
    const asked = ["digit", "against"].filter((name) => parts[name].value !== "");
    return Object.fromEntries(asked.map((name) => [name, parts[name].value]));
  }

  // The words and figures; `nothing` stands in their place where there is no answer.
  function tell(nothing) {
    parts.note.textContent = shown ? "" : nothing;
    parts.picture.hidden = !shown;
    if (!shown) return;
    const { digit, against, sum, drawing, paper } = shown;
    const values = { digit, against };
    const key = (name) => (against === null ? `why.${name}` : `why.${name}_against`);
    parts.title.textContent = t(key("title"), values);
    parts.means.textContent = t(key("means"), values);
    parts.canvas.setAttribute("aria-label", t(key("picture"), values));
    parts.legend.querySelector(".above").textContent = t("why.for", values);
    const not = against === null ? t("why.not", values) : t("why.for", { digit: against });
    parts.legend.querySelector(".below").textContent = not;
    const figures = { sum, drawing, paper };
    for (const [name, value] of Object.entries(figures)) parts.terms[name].figure.textContent = score(value);
    parts.terms.drawing.told.textContent = t(key("drawing"), values);
    parts.terms.paper.told.textContent = t(key("paper"), values);
    // Finitely many steps leave a little out.
    const exact = Math.round(10 * sum) === Math.round(10 * drawing) - Math.round(10 * paper);
    parts.equals.textContent = exact ? "=" : "≈";
  }

  function paint() {
    if (!shown) return;
    context.putImageData(new ImageData(overlay(shown.ink, shown.values, page.getTheme()), INPUT_SIDE, INPUT_SIDE), 0, 0);
    paintOutline();
  }

  // A line around the stroke that somebody points at, where it came to lie in the picture.
  function paintOutline() {
    const { outline } = parts;
    const side = Math.round(outline.clientWidth * Math.min(3, devicePixelRatio || 1));
    outline.width = side;
    outline.height = side;
    if (!outlined || !shown) return;
    const line = outline.getContext("2d");
    const { scale, shift } = inputTransform(shown.input);
    const unit = side / INPUT_SIDE;
    line.setTransform(unit * scale[0], 0, 0, unit * scale[1], unit * shift[0], unit * shift[1]);
    line.strokeStyle = getComputedStyle(root).color;
    line.fillStyle = line.strokeStyle;
    const width = (0.3 * 2) / scale[0]; // 0.3 of a pixel of the 28 on either side
    paintStroke(line, { ...outlined, size: outlined.size + width }, 1);
    line.globalCompositeOperation = "destination-out";
    paintStroke(line, outlined, 1);
  }

  function onPoint(stroke) {
    outlined = stroke;
    paintOutline();
  }

  for (const field of [parts.digit, parts.against]) field.addEventListener("change", asking.refresh);
  new ResizeObserver(paintOutline).observe(parts.outline);

  return {
    update() {
      root.classList.toggle("stale", Boolean(page.state.get().stroke));
      asking.update();
      cards.update();
    },
    paint() {
      paint();
      cards.paint();
    },
  };
}
