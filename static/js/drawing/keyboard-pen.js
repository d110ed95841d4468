// Drawing without a pointer: with the pad focused the arrow keys move a pen, Space or Enter puts it down and lifts it.
import { isModified } from "../lib/keyboard.js";
import { addPoint, createStroke } from "./strokes.js";

const STEP = 1 / 28;
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"]);
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function attachPadKeys(canvas, cursor, { getSize, onStroke }) {
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
    const key = isModified(event) ? null : event.key;
    const move = MOVES[key];
    if (move) {
      const step = event.shiftKey ? STEP / 2 : STEP;
      x = Math.min(0.96, Math.max(0.04, x + move[0] * step));
      y = Math.min(0.96, Math.max(0.04, y + move[1] * step));
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
      lift(); // or what the key does would come beneath a stroke that goes on
      return show(!cursor.hidden);
    }
    event.preventDefault();
    show(true);
  });
  const stop = () => { lift(); show(false); };
  canvas.addEventListener("blur", stop);
  canvas.addEventListener("pointerdown", stop);
}
