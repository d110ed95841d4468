// Buttons, slider and keys: each only names the action that it stands for.
import { attachKeys } from "../lib/keyboard.js";

const STEP = 0.01;

export function attachControls($, actions) {
  const { clear, undo, redo, present, example, escape, setSize, getSize } = actions;
  const help = () => ($("help").open ? $("help").close() : $("help").showModal());

  for (const [id, action] of Object.entries({ clear, undo, redo, present, keys: help })) {
    $(id).addEventListener("click", action);
  }
  $("examples").addEventListener("click", (event) => {
    const button = event.target.closest("button[data-example]");
    if (button) example(Number(button.dataset.example));
  });
  $("brush").addEventListener("input", (event) => setSize(Number(event.target.value)));

  const digits = Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [digit, () => example(digit)]));
  attachKeys(document, {
    ...digits,
    c: clear, Delete: clear, Backspace: clear, Escape: escape,
    undo, z: undo, redo, y: redo,
    "[": () => setSize(getSize() - STEP), "]": () => setSize(getSize() + STEP),
    u: () => $("upload").click(), m: () => $("model").focus(), p: present, d: () => $("theme").click(), "?": help,
    h: () => $("hide").click(), l: () => $("lessons").click(), s: () => $("save").click(),
  });
}
