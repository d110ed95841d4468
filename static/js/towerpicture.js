// All layers as one picture to print or to show: the 28×28 first, then each layer's name, its shape and its maps, as they
// stand on the page.
import { createCanvas } from "./png.js";

const WIDTH = 1400;
const MARGIN = 48;
const NAMES = 300; // px for a layer's name and shape
const GAP = 28;
const HEAD = 120;
const LINE = 56; // the least height of a layer's row
const INPUT = 168;
const TALLEST = 4000; // px of one layer; the maps of a phone's strip are wide, not tall

// The layers in sight or one scroll away: what the page has painted already.
function rowsOf(root) {
  return [...root.querySelectorAll(".layer")].map((layer) => {
    const maps = layer.querySelector(".maps canvas");
    const scale = Math.min(1, (WIDTH - 2 * MARGIN - NAMES) / maps.width, TALLEST / maps.height);
    return {
      name: layer.querySelector("h3").textContent,
      shape: layer.querySelector(".shape").textContent,
      maps, width: maps.width * scale, height: maps.height * scale,
    };
  });
}

export function towerPicture(root, input, title) {
  const rows = [{ name: "", shape: "28 × 28", maps: input, width: INPUT, height: INPUT }, ...rowsOf(root)];
  const tall = rows.reduce((sum, row) => sum + Math.max(LINE, row.height) + GAP, HEAD + MARGIN);
  const { canvas, context } = createCanvas(WIDTH, Math.ceil(tall), { alpha: false });
  const style = getComputedStyle(document.documentElement);
  const [ground, ink, soft, line] = ["--ground", "--ink", "--soft", "--line"].map((name) => style.getPropertyValue(name));
  const write = (text, font, color, x, y) => {
    Object.assign(context, { font, fillStyle: color, textBaseline: "top" });
    context.fillText(text, x, y);
  };
  const [sans, serif] = ["--sans", "--serif"].map((name) => style.getPropertyValue(name));
  context.fillStyle = ground;
  context.fillRect(0, 0, WIDTH, canvas.height);
  write(title, `600 36px ${serif}`, ink, MARGIN, MARGIN);
  let y = HEAD;
  for (const { name, shape, maps, width, height } of rows) {
    context.fillStyle = line;
    context.fillRect(MARGIN, y - GAP / 2, WIDTH - 2 * MARGIN, 1);
    write(name, `600 22px ${sans}`, ink, MARGIN, y);
    write(shape, `18px ${sans}`, soft, MARGIN, name ? y + 28 : y);
    context.imageSmoothingEnabled = maps !== input;
    context.drawImage(maps, MARGIN + NAMES, y, width, height);
    y += Math.max(LINE, height) + GAP;
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
