// Turns pointer events on the canvas into strokes, and paints drawings.
import { canvasToPng, createCanvas } from "../lib/canvas.js";
import { POSTED_SIDE } from "./coordinates.js";
import { addPoint, containFit, createStroke, paintStroke } from "./strokes.js";

const INK = "#1a1820";
const MAX_PIXEL_RATIO = 3;

export function paintDrawing(context, drawing, side, ink = INK) {
  const { picture } = drawing;
  if (picture) {
    const place = containFit(picture.image.width, picture.image.height, side);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture.image, place.x, place.y, place.width, place.height);
  }
  context.strokeStyle = ink;
  context.fillStyle = ink;
  for (const stroke of drawing.strokes) paintStroke(context, stroke, side);
}

// Returns the PNG that is posted: black on white, 280 × 280.
export function drawingToPng(drawing) {
  const { canvas, context } = createCanvas(POSTED_SIDE, POSTED_SIDE, { alpha: false, willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, POSTED_SIDE, POSTED_SIDE);
  context.strokeStyle = "#000";
  context.fillStyle = "#000";
  for (const stroke of drawing.strokes) paintStroke(context, stroke, POSTED_SIDE);
  return canvasToPng(canvas);
}

// `onStroke(stroke, ended)` gets the stroke each time it grows and once when it ends.
export function createPad(canvas, { getDrawing, getSize, onStroke }) {
  const context = canvas.getContext("2d");
  let stroke = null;
  let pointer = null;
  let frame = null;
  let box = null;

  function paint() {
    frame = null;
    const side = canvas.width;
    context.clearRect(0, 0, side, side);
    paintDrawing(context, getDrawing(), side);
  }

  function repaint() {
    if (frame === null) frame = requestAnimationFrame(paint);
  }

  function add(event) {
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? event.pressure : undefined;
    stroke = addPoint(stroke, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, pressure);
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    event.preventDefault(); // no text selection, no dragging
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    box = canvas.getBoundingClientRect();
    stroke = createStroke(getSize());
    add(event);
    onStroke(stroke, false);
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const before = stroke;
    const samples = event.getCoalescedEvents?.() ?? [];
    for (const sample of samples.length > 0 ? samples : [event]) add(sample);
    if (stroke !== before) onStroke(stroke, false);
  });

  function end(event) {
    if (event.pointerId !== pointer) return;
    const finished = stroke;
    pointer = null;
    stroke = null;
    onStroke(finished, true);
  }
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  // Older Safari ignores touch-action and scrolls unless the touch event is cancelled.
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });

  new ResizeObserver(() => {
    const side = Math.round(canvas.clientWidth * Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1));
    if (side === 0 || side === canvas.width) return;
    canvas.width = side;
    canvas.height = side;
    paint();
  }).observe(canvas);

  return { repaint };
}
