// Keyboard shortcuts. They stay silent while something is being typed or chosen or a dialog is open, and with modifiers,
// save undo and redo.
const TYPING = "select, textarea, input:not([type=range], [type=file], [type=checkbox]), [contenteditable]";

// Whether a modifier is held: such keys are the browser's, as Alt and an arrow, which goes back.
export const isModified = (event) => event.ctrlKey || event.metaKey || event.altKey;

// A click beside its buttons takes the focus out of a dialog, but not the keys.
export const isDialogOpen = () => document.querySelector("dialog[open]") !== null;

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

export function attachKeys(page, actions) {
  page.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || isDialogOpen() || event.target.closest?.(TYPING)) return;
    const action = actions[shortcutOf(event)];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
