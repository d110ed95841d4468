// Handles keys: shortcuts, arrow keys and modifiers.

// Shortcuts are off in these fields.
const TEXT_FIELDS = "select, textarea, input:not([type=range], [type=file], [type=checkbox]), [contenteditable]";
const ARROW_STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// Returns the step [rows, columns] of an arrow key, null for any other key.
export const arrowStep = (key) => ARROW_STEPS[key] ?? null;

// Keys with a modifier belong to the browser, such as Alt and an arrow.
export const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey;

// The focus may be outside of an open dialog, after a click beside its buttons.
export const isDialogOpen = () => document.querySelector("dialog[open]") !== null;

// Returns the name of a shortcut: the key, or "undo" or "redo"; null for a key of the browser.
export function shortcutOf(event) {
  const { key, altKey, shiftKey } = event;
  const command = event.ctrlKey || event.metaKey;
  if (altKey) return null;
  if (command) {
    if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
    return key.toLowerCase() === "y" && !shiftKey ? "redo" : null;
  }
  return /^[0-9]$/.test(key) || key === "?" || !shiftKey ? key : null;
}

// `actions`: name of a shortcut → function.
export function attachShortcuts(root, actions) {
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || isDialogOpen() || event.target.closest?.(TEXT_FIELDS)) return;
    const action = actions[shortcutOf(event)];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
