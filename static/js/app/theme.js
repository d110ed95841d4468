// Light or dark, and the presenter's size. appearance-first.js has already chosen the theme before the first paint.
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

export const getTheme = () => (root.dataset.theme === "dark" ? "dark" : "light");

// A private window may forbid storage: then the choice lasts as long as the page.
function remember(theme) {
  try {
    localStorage.setItem("inkling-theme", theme);
  } catch { /* nothing to do */ }
}

function remembered() {
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
    remember(theme);
    apply(theme);
  });
  dark.addEventListener("change", () => { if (!remembered()) apply(dark.matches ? "dark" : "light"); });
}

// The pad and the answer stand side by side where the window is low: for the presenter's larger type that is sooner.
const side = document.getElementById("side");
const low = side.media;

export function applyPresenting(button, presenting) {
  root.classList.toggle("presenting", presenting);
  side.media = presenting ? `(min-width: 64rem) and (max-height: 62.99rem), ${low}` : low;
  button.setAttribute("aria-pressed", String(presenting));
}
