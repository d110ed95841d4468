// Sets the stored theme before the first paint, so that the page does not flash in the other theme.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("inkling-theme");
  } catch { /* storage is forbidden: follow the system */ }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.dataset.theme = theme;
})();
