// The clipboard.
import { t } from "./i18n.js";

const THANKS = 1600; // ms

// In a class the page comes over plain HTTP, and there the browser has no clipboard for pages: then the text is selected
// and copied as by hand. `element` is where the text stands on the page, if it does.
export async function putOnClipboard(text, element = null) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const shown = element ?? Object.assign(document.createElement("p"), { className: "offstage", textContent: text });
    if (!element) document.body.append(shown);
    getSelection().selectAllChildren(shown);
    const done = document.execCommand("copy");
    if (!element) shown.remove();
    return done;
  }
}

export function copyText(button, element) {
  const label = button.textContent;
  let timer = null;
  button.addEventListener("click", async () => {
    const done = await putOnClipboard(element.textContent, element);
    clearTimeout(timer);
    button.textContent = t(done ? "copy.copied" : "copy.by_hand");
    timer = setTimeout(() => { button.textContent = label; }, THANKS);
  });
}
