// Shows a photo with a labelled box over each digit, and the text that was read.
import { digitInDirection, digitLines, inPercent, placeLabels } from "./label-layout.js";
import { attachCopyButton } from "../lib/clipboard.js";
import { hasModifier } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";
import { countText, foundText } from "./page-text.js";

// Heights of labels: from readable at the back of a classroom down to what fits on a phone.
const LABEL_HEIGHTS_REM = [4.5, 3.75, 3, 2.5, 2.125, 1.75, 1.5, 1.25, 1.0625, 0.9375, 0.8125];
const BOX_GAP_PX = 4; // between the ink and the box
const MIN_LINES_FOR_SMALL_TEXT = 7;

const labelOf = ({ digit, sure }) => `${digit}${sure ? "" : "?"}`;
const remInPx = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const setPercent = (style, shares) => {
  for (const [side, share] of Object.entries(shares)) style[side] = `${share.toFixed(3)}%`;
};

function createBox({ box, ...prediction }, i, { width, height }) {
  const button = document.createElement("button");
  const label = document.createElement("span");
  button.type = "button";
  button.className = prediction.sure ? "found" : "found unsure";
  button.dataset.at = i;
  button.setAttribute("aria-label", foundText(prediction, i));
  setPercent(button.style, inPercent(box, [0, 0, width, height]));
  label.className = "label";
  label.textContent = labelOf(prediction);
  button.append(label);
  return button;
}

// Returns the text with each uncertain digit marked. `digits` have the order of `text`.
function markedText({ text, digits }) {
  let next = 0;
  return [...text].map((character) => {
    if (!/\d/.test(character) || digits[next++].sure) return character;
    const mark = document.createElement("span");
    mark.className = "unsure";
    mark.textContent = character;
    return mark;
  });
}

// `onClosed()`: the view is hidden and had focus.
export function createPageView(root, { liveRegion, onChoose, onClose, onClosed }) {
  const find = (name) => root.querySelector(`.${name}`);
  const [title, figure, text, copy] = ["title", "photo", "text", "copy"].map(find);
  let shown = null; // { source, prediction, model, index }, see page-reading.js
  let boxes = [];

  function build({ source, prediction }) {
    const lines = prediction.text.split("\n").length;
    title.textContent = countText("sheet.count", prediction);
    text.replaceChildren(...markedText(prediction));
    text.classList.toggle("many", lines >= MIN_LINES_FOR_SMALL_TEXT);
    root.style.setProperty("--aspect", (prediction.width / prediction.height).toFixed(4));
    boxes = prediction.digits.map((digit, i) => createBox(digit, i, prediction));
    source.image.setAttribute("role", "img");
    source.image.setAttribute("aria-label", t("sheet.picture"));
    figure.replaceChildren(source.image, ...boxes);
  }

  // Label sizes depend on the screen, not on the photo. So labels are placed again when the photo is resized.
  function layOut() {
    if (!shown || figure.clientWidth === 0) return;
    const { prediction } = shown;
    const unit = prediction.width / figure.clientWidth;
    const digitBoxes = prediction.digits.map(({ box }) => box);
    const { size, places } = placeLabels(digitBoxes, prediction, {
      sizes: LABEL_HEIGHTS_REM.map((height) => height * remInPx() * unit),
      widths: prediction.digits.map((digit) => 0.3 + 0.58 * labelOf(digit).length),
      gap: BOX_GAP_PX * unit,
    });
    figure.style.setProperty("--label", `${(size / unit).toFixed(2)}px`);
    boxes.forEach((button, i) => setPercent(button.firstChild.style, inPercent(places[i], digitBoxes[i])));
  }
  new ResizeObserver(layOut).observe(figure);

  figure.addEventListener("click", (event) => {
    const button = event.target.closest(".found");
    if (button) onChoose(Number(button.dataset.at));
  });
  figure.addEventListener("keydown", (event) => {
    if (hasModifier(event) || !shown) return;
    const { prediction, index } = shown;
    const from = Number(event.target.closest(".found")?.dataset.at ?? index);
    const digitBoxes = prediction.digits.map(({ box }) => box);
    const next = digitInDirection(event.key, from, digitBoxes, digitLines(prediction.text, boxes.length));
    if (next === null) return;
    event.preventDefault();
    boxes[next].focus();
    onChoose(next);
  });
  find("close").addEventListener("click", onClose);
  attachCopyButton(copy, text);

  return {
    // `stale`: the prediction of the chosen network is still loading.
    show(photo, stale) {
      if (!photo && !shown) return;
      const hadFocus = root.contains(document.activeElement);
      const boxHadFocus = figure.contains(document.activeElement);
      const isNew = photo && photo.prediction !== shown?.prediction;
      shown = photo ?? null;
      root.hidden = !photo;
      if (!photo) {
        figure.replaceChildren();
        liveRegion.textContent = "";
        if (hadFocus) onClosed();
        return;
      }
      if (isNew) {
        build(photo);
        layOut();
      }
      root.classList.toggle("stale", stale);
      figure.setAttribute("aria-busy", String(stale));
      boxes.forEach((button, i) => button.setAttribute("aria-pressed", String(i === photo.index)));
      if (isNew && boxHadFocus) boxes[photo.index].focus({ preventScroll: true });
    },
    // Scrolls a new photo into view. Focuses its first digit unless another element is in use.
    reveal() {
      liveRegion.textContent = countText("sheet.found", shown.prediction);
      const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
      root.scrollIntoView({ block: "nearest", behavior: reducedMotion ? "auto" : "smooth" });
      const active = document.activeElement;
      const isUnused = !active || active === document.body || active.type === "file";
      if (isUnused) boxes[shown.index].focus({ preventScroll: true });
    },
  };
}
