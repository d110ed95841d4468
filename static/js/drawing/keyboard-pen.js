// Draws with the keyboard: the arrow keys move a pen on the focused pad, Space or Enter puts it down and lifts it.
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { INPUT_SIDE } from "./coordinates.js";
import { addPoint, createStroke } from "./strokes.js";

const STEP = 1 / INPUT_SIDE;
const MARGIN = 0.04; // of the pad's side: the pen stays this far inside
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"]);

const clamp = (position) => Math.min(1 - MARGIN, Math.max(MARGIN, position));

export function attachKeyboardPen(canvas, cursor, { getSize, onStroke }) {
  let [x, y] = [0.5, 0.25];
  let stroke = null;

  function show(visible) {
    cursor.hidden = !visible;
    cursor.style.left = `${x * 100}%`;
    cursor.style.top = `${y * 100}%`;
    cursor.classList.toggle("down", stroke !== null);
  }

  function lift() {
    if (!stroke) return;
    const finished = stroke;
    stroke = null;
    onStroke(finished, true);
  }

  canvas.addEventListener("keydown", (event) => {
    if (MODIFIERS.has(event.key)) return;
    const key = hasModifier(event) ? null : event.key;
    const arrow = arrowStep(key);
    if (arrow) {
      const step = event.shiftKey ? STEP / 2 : STEP;
      y = clamp(y + arrow[0] * step);
      x = clamp(x + arrow[1] * step);
      if (stroke) {
        stroke = addPoint(stroke, x, y);
        onStroke(stroke, false);
      }
    } else if (key === " " || key === "Enter") {
      if (stroke) lift();
      else {
        stroke = addPoint(createStroke(getSize()), x, y);
        onStroke(stroke, false);
      }
    } else {
      lift(); // the key may change the drawing
      return show(!cursor.hidden);
    }
    event.preventDefault();
    show(true);
  });
  const stop = () => { lift(); show(false); };
  canvas.addEventListener("blur", stop);
  canvas.addEventListener("pointerdown", stop);
}
