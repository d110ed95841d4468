// Shows on the drawing, on the 28×28 and in the layers what a cell saw that is pointed at or open; or, where a pixel is
// pointed at, all that depends on it.
import { decodeBytes } from "../lib/decode.js";
import { regionToPad, padToPixel } from "../drawing/coordinates.js";
import { dependingOn, seenBy } from "./receptive-field.js";

const INK = 32; // of 255: paler is paper

// A frame over a canvas; what lies outside of it is veiled.
function createFrame(canvas) {
  const cover = document.createElement("span");
  cover.className = "sight";
  cover.hidden = true;
  const frame = cover.appendChild(document.createElement("i"));
  canvas.parentElement.classList.add("sighted");
  canvas.after(cover);
  return (box, kind) => {
    cover.hidden = !box;
    if (!box) return;
    cover.dataset.kind = kind;
    for (const [side, length] of Object.entries({
      left: canvas.offsetLeft, top: canvas.offsetTop, width: canvas.offsetWidth, height: canvas.offsetHeight,
    })) cover.style[side] = `${length}px`;
    for (const [side, share] of Object.entries({ left: box.x, top: box.y, width: box.width, height: box.height })) {
      frame.style[side] = `${share * 100}%`;
    }
  };
}

const inPicture = ({ rows, columns }) => ({
  x: columns[0] / 28, y: rows[0] / 28, width: (columns[1] - columns[0] + 1) / 28, height: (rows[1] - rows[0] + 1) / 28,
});

export function createSight({ pad, input, tower, page }) {
  const { state } = page;
  const frames = { pad: createFrame(pad), input: createFrame(input) };
  let waiting = null;
  let read = { answer: null, bytes: null };

  function show() {
    waiting = null;
    const { answer, stroke, panel, pointed, open, pixel } = state.get();
    const layers = answer && panel === null && !stroke ? page.model()?.layers : null;
    const cell = pointed ?? (open && (open.cell || isList(layers, open)) ? open : null);
    const at = layers && cell ? layers.findIndex(({ name }) => name === cell.layer) : -1;
    if (at >= 0) {
      const saw = seenBy(layers, at, cell.map, cell.cell ?? undefined);
      const [y, x] = cell.cell ?? [0, 0];
      mark(layers, [...saw.layers, { maps: [cell.map], rows: [y, y], columns: [x, x] }]);
      frame(saw.picture, answer, "field");
    } else if (layers && pixel) {
      mark(layers, dependingOn(layers, pixel));
      frame({ rows: [pixel[0], pixel[0]], columns: [pixel[1], pixel[1]] }, answer, "pixel");
    } else {
      tower.mark(layers && open ? { [open.layer]: whole(layers, open) } : {});
      frame(null);
    }
  }

  function whole(layers, { layer, map }) {
    const [, height, width] = layers.find(({ name }) => name === layer)?.shape ?? [];
    return height ? { maps: [map], rows: [0, height - 1], columns: [0, width - 1] } : null;
  }

  const isList = (layers, { layer }) => layers?.find(({ name }) => name === layer)?.shape.length === 1;

  function mark(layers, regions) {
    tower.mark(Object.fromEntries(layers.map(({ name }, i) => [name, regions[i] ?? null])));
  }

  function frame(region, answer, kind) {
    frames.input(region && inPicture(region), kind);
    frames.pad(region && regionToPad(region, answer.input), kind);
  }

  // Pointing at ink, while no pen is down.
  function inkUnder(event) {
    const { answer, stroke } = state.get();
    if (!answer || stroke || event.buttons || event.pointerType === "touch") return null;
    const box = pad.getBoundingClientRect();
    const pixel = padToPixel((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, answer.input);
    if (!pixel) return null;
    if (read.answer !== answer) read = { answer, bytes: decodeBytes(answer.input.data) };
    return read.bytes[pixel[0] * 28 + pixel[1]] >= INK ? pixel : null;
  }

  const look = (pixel) => { if (String(pixel) !== String(state.get().pixel)) state.set({ pixel }); };
  pad.addEventListener("pointermove", (event) => look(inkUnder(event)));
  pad.addEventListener("pointerdown", () => look(null));
  pad.addEventListener("pointerleave", () => look(null));

  const WATCHED = ["answer", "stroke", "panel", "pointed", "open", "pixel", "model", "models"];
  state.subscribe((now, before) => {
    if (WATCHED.some((name) => now[name] !== before[name])) waiting ??= requestAnimationFrame(show);
  });
}
