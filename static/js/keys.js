// Keyboard shortcuts. They stay silent while something is being typed or chosen, and with modifiers, save undo and redo.
const TYPING = "select, textarea, input:not([type=range], [type=file], [type=checkbox]), [contenteditable], dialog *";

// Whether a modifier is held: such keys are the browser's, as Alt and an arrow, which goes back.
export const isModified = (event) => event.ctrlKey || event.metaKey || event.altKey;

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
    if (event.defaultPrevented || event.isComposing || event.target.closest?.(TYPING)) return;
    const action = actions[shortcutOf(event)];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
