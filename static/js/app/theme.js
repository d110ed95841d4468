// Switches the light and dark themes and the larger type for presenting. theme-first-paint.js sets the first theme.
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

export const getTheme = () => (root.dataset.theme === "dark" ? "dark" : "light");

// A private window may forbid storage: then the choice lasts until the page is closed.
function storeTheme(theme) {
  try {
    localStorage.setItem("inkling-theme", theme);
  } catch { /* nothing to do */ }
}

function storedTheme() {
  try {
    return localStorage.getItem("inkling-theme");
  } catch {
    return null;
  }
}

export function attachTheme(button, onChange) {
  function apply(theme) {
    root.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
    onChange();
  }
  button.setAttribute("aria-pressed", String(getTheme() === "dark"));
  button.addEventListener("click", () => {
    const theme = getTheme() === "dark" ? "light" : "dark";
    storeTheme(theme);
    apply(theme);
  });
  dark.addEventListener("change", () => { if (!storedTheme()) apply(dark.matches ? "dark" : "light"); });
}

// The stylesheet for low windows puts the pad and the answer side by side. The larger type needs it earlier.
const landscapeCss = document.getElementById("side");
const landscapeMedia = landscapeCss.media;

export function applyPresenting(button, presenting) {
  root.classList.toggle("presenting", presenting);
  landscapeCss.media = presenting ? `(min-width: 64rem) and (max-height: 62.99rem), ${landscapeMedia}` : landscapeMedia;
  button.setAttribute("aria-pressed", String(presenting));
}
