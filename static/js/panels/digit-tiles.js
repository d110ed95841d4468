// Shows small digits as buttons with captions. Tab stops once; the arrow keys go from tile to tile.
import { inkTable } from "../lib/colormap.js";
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { paintBytes } from "../lib/canvas-painting.js";
import { make } from "../lib/dom.js";
import { INPUT_SIDE } from "../drawing/coordinates.js";

const PIXELS = INPUT_SIDE * INPUT_SIDE;

// Returns the index that a key leads to, among `count` tiles in rows of `columns`; null for other keys.
export function nextTile(key, index, count, columns) {
  const step = arrowStep(key);
  if (step) {
    const next = index + step[0] * columns + step[1];
    return next >= 0 && next < count ? next : index;
  }
  return { Home: 0, End: count - 1 }[key] ?? null;
}

const createTile = () => make("button.tile", { type: "button" },
  make("canvas", { width: INPUT_SIDE, height: INPUT_SIDE }), make("span.what"), make("span.how"));

// `onChoose(bytes)`: the 784 bytes of the chosen digit.
export function createDigitTiles(root, { onChoose, getTheme }) {
  let bytes = new Uint8Array(); // of all digits
  const tiles = () => [...root.children];
  const bytesOf = (index) => bytes.subarray(index * PIXELS, (index + 1) * PIXELS);
  root.classList.add("tiles");
  root.setAttribute("role", "group");

  // Makes one tile the only one that Tab reaches.
  function setTabStop(index) {
    tiles().forEach((tile, i) => { tile.tabIndex = i === index ? 0 : -1; });
  }

  function paint() {
    const table = inkTable(getTheme());
    tiles().forEach((tile, i) => paintBytes(tile.firstChild, bytesOf(i), [INPUT_SIDE, INPUT_SIDE], table));
  }

  root.addEventListener("click", (event) => {
    const index = tiles().indexOf(event.target.closest(".tile"));
    if (index < 0) return;
    setTabStop(index);
    onChoose(bytesOf(index).slice());
  });
  root.addEventListener("keydown", (event) => {
    const all = tiles();
    const columns = all.filter((tile) => tile.offsetTop === all[0].offsetTop).length;
    const next = nextTile(event.key, all.indexOf(document.activeElement), all.length, columns);
    if (next === null || hasModifier(event)) return;
    event.preventDefault();
    setTabStop(next);
    all[next].focus();
  });

  return {
    paint,
    // `images`: 784 bytes a digit. `captions`: for each digit { what, how, label, apart }: two short texts, the spoken
    // text, and true to highlight it.
    show(images, captions) {
      bytes = images;
      const focused = Math.max(0, Math.min(tiles().indexOf(document.activeElement), captions.length - 1));
      while (root.children.length > captions.length) root.lastChild.remove();
      while (root.children.length < captions.length) root.append(createTile());
      tiles().forEach((tile, i) => {
        const { what, how, label, apart } = captions[i];
        tile.children[1].textContent = what;
        tile.children[2].textContent = how;
        tile.setAttribute("aria-label", label);
        tile.classList.toggle("apart", apart);
      });
      setTabStop(focused);
      paint();
    },
  };
}
