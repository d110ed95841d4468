// Small digits to choose from, each with what is said of it. One stop for Tab; the arrow keys go from one to the next.
import { inkTable } from "../lib/colormap.js";
import { colorBytes } from "../lib/decode.js";
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { INPUT_SIDE } from "../drawing/coordinates.js";

const PIXELS = INPUT_SIDE * INPUT_SIDE;
const part = (className) => Object.assign(document.createElement("span"), { className });

// Where a key leads from the tile `at` of `count`, in rows of `across`; null where it is no key of direction.
export function step(key, at, count, across) {
  const arrow = arrowStep(key);
  if (arrow) {
    const next = at + arrow[0] * across + arrow[1];
    return next >= 0 && next < count ? next : at;
  }
  return { Home: 0, End: count - 1 }[key] ?? null;
}

function createTile() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "tile" });
  const canvas = Object.assign(document.createElement("canvas"), { width: INPUT_SIDE, height: INPUT_SIDE });
  button.append(canvas, part("what"), part("how"));
  return button;
}

// `onChoose(bytes)` gets the 784 bytes of the digit that was chosen.
export function createTiles(root, { onChoose, getTheme }) {
  let bytes = new Uint8Array();
  const tiles = () => [...root.children];
  const bytesOf = (at) => bytes.subarray(at * PIXELS, (at + 1) * PIXELS);
  root.classList.add("tiles");
  root.setAttribute("role", "group");

  function stop(at) {
    tiles().forEach((tile, i) => { tile.tabIndex = i === at ? 0 : -1; });
  }

  function paint() {
    const table = inkTable(getTheme());
    tiles().forEach((tile, i) => {
      const context = tile.firstChild.getContext("2d");
      const image = context.createImageData(INPUT_SIDE, INPUT_SIDE);
      colorBytes(bytesOf(i), table, new Uint32Array(image.data.buffer));
      context.putImageData(image, 0, 0);
    });
  }

  root.addEventListener("click", (event) => {
    const at = tiles().indexOf(event.target.closest(".tile"));
    if (at < 0) return;
    stop(at);
    onChoose(bytesOf(at).slice());
  });
  root.addEventListener("keydown", (event) => {
    const all = tiles();
    const across = all.filter((tile) => tile.offsetTop === all[0].offsetTop).length;
    const to = step(event.key, all.indexOf(document.activeElement), all.length, across);
    if (to === null || hasModifier(event)) return;
    event.preventDefault();
    stop(to);
    all[to].focus();
  });

  return {
    paint,
    // `told`: for each digit { what, how, label, apart }: two short texts, the one for those who listen, and whether it stands out.
    show(images, told) {
      bytes = images;
      const at = Math.max(0, Math.min(tiles().indexOf(document.activeElement), told.length - 1));
      while (root.children.length > told.length) root.lastChild.remove();
      while (root.children.length < told.length) root.append(createTile());
      tiles().forEach((tile, i) => {
        const { what, how, label, apart } = told[i];
        tile.children[1].textContent = what;
        tile.children[2].textContent = how;
        tile.setAttribute("aria-label", label);
        tile.classList.toggle("apart", apart);
      });
      stop(at);
      paint();
    },
  };
}
