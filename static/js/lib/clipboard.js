// Copies text to the clipboard.
import { t } from "./i18n.js";

const CONFIRMATION_MS = 1600;

// Without HTTPS there is no clipboard API: then the text is selected and copied by command. `element`: shows the text,
// if any does. Returns true if the text was copied.
export async function copyToClipboard(text, element = null) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const shown = element ?? Object.assign(document.createElement("p"), { className: "offstage", textContent: text });
    if (!element) document.body.append(shown);
    getSelection().selectAllChildren(shown);
    const copied = document.execCommand("copy");
    if (!element) shown.remove();
    return copied;
  }
}

// Makes a button copy the text of an element and confirm it.
export function attachCopyButton(button, element) {
  const label = button.textContent;
  let timer = null;
  button.addEventListener("click", async () => {
    const copied = await copyToClipboard(element.textContent, element);
    clearTimeout(timer);
    button.textContent = t(copied ? "copy.copied" : "copy.by_hand");
    timer = setTimeout(() => { button.textContent = label; }, CONFIRMATION_MS);
  });
}
