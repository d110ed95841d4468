// Marks the receptive field of the open or hovered cell on the drawing, on the 28×28 input and in the layers. For a
// hovered pixel, marks the cells that depend on it.
import { decodeBytes } from "../lib/decode.js";
import { INPUT_SIDE, padToPixel, regionToPad } from "../drawing/coordinates.js";
import { projectiveField, receptiveField } from "./receptive-field.js";

const MIN_INK_LEVEL = 32; // of 255; paler pixels count as paper

// Creates a frame over a canvas; everything outside the frame is veiled.
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

// Returns the box of a region, in shares of the input's side.
const boxInInput = ({ rows, columns }) => ({
  x: columns[0] / INPUT_SIDE,
  y: rows[0] / INPUT_SIDE,
  width: (columns[1] - columns[0] + 1) / INPUT_SIDE,
  height: (rows[1] - rows[0] + 1) / INPUT_SIDE,
});

export function createReceptiveFieldOverlay({ pad, input, networkView, context }) {
  const { state } = context;
  const frames = { pad: createFrame(pad), input: createFrame(input) };
  let isScheduled = false;
  let decoded = { answer: null, bytes: null }; // the input of the latest answer

  function show() {
    isScheduled = false;
    const { answer, stroke, panel, pointed, open, pixel } = state.get();
    const layers = answer && panel === null && !stroke ? context.model()?.layers : null;
    const cell = pointed ?? (open && (open.cell || isVector(layers, open)) ? open : null);
    const at = layers && cell ? layers.findIndex(({ name }) => name === cell.layer) : -1;
    if (at >= 0) {
      const field = receptiveField(layers, at, cell.map, cell.cell ?? undefined);
      const [y, x] = cell.cell ?? [0, 0];
      outline(layers, [...field.layers, { maps: [cell.map], rows: [y, y], columns: [x, x] }]);
      frame(field.picture, answer, "field");
    } else if (layers && pixel) {
      outline(layers, projectiveField(layers, pixel));
      frame({ rows: [pixel[0], pixel[0]], columns: [pixel[1], pixel[1]] }, answer, "pixel");
    } else {
      networkView.outline(layers && open ? { [open.layer]: wholeMap(layers, open) } : {});
      frame(null);
    }
  }

  function wholeMap(layers, { layer, map }) {
    const [, height, width] = layers.find(({ name }) => name === layer)?.shape ?? [];
    return height ? { maps: [map], rows: [0, height - 1], columns: [0, width - 1] } : null;
  }

  const isVector = (layers, { layer }) => layers?.find(({ name }) => name === layer)?.shape.length === 1;

  function outline(layers, regions) {
    networkView.outline(Object.fromEntries(layers.map(({ name }, i) => [name, regions[i] ?? null])));
  }

  function frame(region, answer, kind) {
    frames.input(region && boxInInput(region), kind);
    frames.pad(region && regionToPad(region, answer.input), kind);
  }

  // Returns the input's pixel [y, x] under the pointer; null if it is paper, and while a stroke is drawn.
  function inkPixelUnder(event) {
    const { answer, stroke } = state.get();
    if (!answer || stroke || event.buttons || event.pointerType === "touch") return null;
    const box = pad.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const pixel = padToPixel(x, y, answer.input);
    if (!pixel) return null;
    if (decoded.answer !== answer) decoded = { answer, bytes: decodeBytes(answer.input.data) };
    return decoded.bytes[pixel[0] * INPUT_SIDE + pixel[1]] >= MIN_INK_LEVEL ? pixel : null;
  }

  const hover = (pixel) => { if (String(pixel) !== String(state.get().pixel)) state.set({ pixel }); };
  pad.addEventListener("pointermove", (event) => hover(inkPixelUnder(event)));
  pad.addEventListener("pointerdown", () => hover(null));
  pad.addEventListener("pointerleave", () => hover(null));

  const DEPENDS_ON = ["answer", "stroke", "panel", "pointed", "open", "pixel", "model", "models"];
  state.subscribe((now, before) => {
    const isAffected = DEPENDS_ON.some((name) => now[name] !== before[name]);
    if (isAffected && !isScheduled) requestAnimationFrame(show);
    isScheduled ||= isAffected;
  });
}
