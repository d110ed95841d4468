// A button that copies the text of an element.
import { t } from "./lang.js";

const THANKS = 1600; // ms

// In a class the page comes over plain HTTP, and there the browser has no clipboard for pages: then the text is selected
// and copied as by hand.
async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
  return true;
}

export function copyText(button, element) {
  const label = button.textContent;
  let timer = null;
  button.addEventListener("click", async () => {
    const done = await copy(element);
    clearTimeout(timer);
    button.textContent = t(done ? "copy.copied" : "copy.by_hand");
    timer = setTimeout(() => { button.textContent = label; }, THANKS);
  });
}
