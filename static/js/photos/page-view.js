// The photo with a box over each digit, and the text that was read. It only shows a sheet; choosing one is told by its place.
import { inPercent, linesOf, neighbour, placeLabels } from "./label-layout.js";
import { copyText } from "../lib/clipboard.js";
import { isModified } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";
import { countText, foundText } from "../network/layer-text.js";

// Labels' heights in rem: from what the back of a class room reads down to what a phone has room for.
const SIZES = [4.5, 3.75, 3, 2.5, 2.125, 1.75, 1.5, 1.25, 1.0625, 0.9375, 0.8125];
const LINE_AWAY = 4; // px between the ink and the line around it
const MANY = 6; // lines: from there on the text is set smaller

const labelOf = ({ digit, sure }) => `${digit}${sure ? "" : "?"}`;
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const percent = (style, shares) => {
  for (const [side, share] of Object.entries(shares)) style[side] = `${share.toFixed(3)}%`;
};

function createBox({ box, ...reading }, i, { width, height }) {
  const button = document.createElement("button");
  const label = document.createElement("span");
  button.type = "button";
  button.className = reading.sure ? "found" : "found unsure";
  button.dataset.at = i;
  button.setAttribute("aria-label", foundText(reading, i));
  percent(button.style, inPercent(box, [0, 0, width, height]));
  label.className = "label";
  label.textContent = labelOf(reading);
  button.append(label);
  return button;
}

// What was read, with each unsure digit marked. `digits` in reading order, as they are in `text`.
function textOf({ text, digits }) {
  let next = 0;
  return [...text].map((character) => {
    if (!/\d/.test(character) || digits[next++].sure) return character;
    const mark = document.createElement("span");
    mark.className = "unsure";
    mark.textContent = character;
    return mark;
  });
}

export function createSheetView(root, { said, onChoose, onClose, onGone }) {
  const find = (name) => root.querySelector(`.${name}`);
  const [title, photo, text, copy] = ["title", "photo", "text", "copy"].map(find);
  let shown = null;
  let boxes = [];

  function build({ page, read }) {
    const lines = read.text.split("\n").length;
    title.textContent = countText("sheet.count", read);
    text.replaceChildren(...textOf(read));
    text.classList.toggle("many", lines > MANY);
    root.style.setProperty("--aspect", (read.width / read.height).toFixed(4));
    boxes = read.digits.map((digit, i) => createBox(digit, i, read));
    page.image.setAttribute("role", "img");
    page.image.setAttribute("aria-label", t("sheet.picture"));
    photo.replaceChildren(page.image, ...boxes);
  }

  // Labels have a size to be read, whatever the picture's: so where they lie changes with the picture's size.
  function layOut() {
    if (!shown || photo.clientWidth === 0) return;
    const { read } = shown;
    const unit = read.width / photo.clientWidth;
    const found = read.digits.map(({ box }) => box);
    const { size, places } = placeLabels(found, read, {
      sizes: SIZES.map((size) => size * rem() * unit),
      widths: read.digits.map((digit) => 0.3 + 0.58 * labelOf(digit).length),
      gap: LINE_AWAY * unit,
    });
    photo.style.setProperty("--label", `${(size / unit).toFixed(2)}px`);
    boxes.forEach((button, i) => percent(button.firstChild.style, inPercent(places[i], found[i])));
  }
  new ResizeObserver(layOut).observe(photo);

  photo.addEventListener("click", (event) => {
    const button = event.target.closest(".found");
    if (button) onChoose(Number(button.dataset.at));
  });
  photo.addEventListener("keydown", (event) => {
    if (isModified(event) || !shown) return;
    const { read, at } = shown;
    const from = Number(event.target.closest(".found")?.dataset.at ?? at);
    const next = neighbour(event.key, from, read.digits.map(({ box }) => box), linesOf(read.text, boxes.length));
    if (next === null) return;
    event.preventDefault();
    boxes[next].focus();
    onChoose(next);
  });
  find("close").addEventListener("click", onClose);
  copyText(copy, text);

  return {
    // `stale`: another network was chosen, and its reading is on the way.
    show(sheet, stale) {
      if (!sheet && !shown) return;
      const held = root.contains(document.activeElement);
      const inBoxes = photo.contains(document.activeElement);
      const anew = sheet && sheet.read !== shown?.read;
      shown = sheet ?? null;
      root.hidden = !sheet;
      if (!sheet) {
        photo.replaceChildren();
        said.textContent = "";
        if (held) onGone();
        return;
      }
      if (anew) {
        build(sheet);
        layOut();
      }
      root.classList.toggle("stale", stale);
      photo.setAttribute("aria-busy", String(stale));
      boxes.forEach((button, i) => button.setAttribute("aria-pressed", String(i === sheet.at)));
      if (anew && inBoxes) boxes[sheet.at].focus({ preventScroll: true });
    },
    // A sheet that somebody has just brought: into view, and its first digit under the keys unless these are in use.
    bring() {
      said.textContent = countText("sheet.found", shown.read);
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      root.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
      const active = document.activeElement;
      if (!active || active === document.body || active.type === "file") boxes[shown.at].focus({ preventScroll: true });
    },
  };
}
