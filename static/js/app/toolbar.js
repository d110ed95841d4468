// Connects buttons, the brush slider and keyboard shortcuts to actions.
import { attachShortcuts } from "../lib/keyboard.js";

const SIZE_STEP = 0.01; // of the pad's side

export function attachToolbar($, actions) {
  const { clear, undo, redo, present, example, cancel, setSize, getSize } = actions;
  const toggleHelp = () => ($("help").open ? $("help").close() : $("help").showModal());

  for (const [id, action] of Object.entries({ clear, undo, redo, present, keys: toggleHelp })) {
    $(id).addEventListener("click", action);
  }
  $("examples").addEventListener("click", (event) => {
    const button = event.target.closest("button[data-example]");
    if (button) example(Number(button.dataset.example));
  });
  $("brush").addEventListener("input", (event) => setSize(Number(event.target.value)));

  const digits = Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [digit, () => example(digit)]));
  attachShortcuts(document, {
    ...digits,
    c: clear, Delete: clear, Backspace: clear, Escape: cancel,
    undo, z: undo, redo, y: redo,
    "[": () => setSize(getSize() - SIZE_STEP), "]": () => setSize(getSize() + SIZE_STEP),
    u: () => $("upload").click(), m: () => $("model").focus(), p: present, d: () => $("theme").click(), "?": toggleHelp,
    h: () => $("hide").click(), l: () => $("lessons").click(), s: () => $("save").click(),
  });
}
