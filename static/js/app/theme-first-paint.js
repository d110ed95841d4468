// Runs before the first paint, so that a remembered theme does not flash up in the other one.
(function () {
  var theme = null;
  try {
    theme = localStorage.getItem("inkling-theme");
  } catch (error) { /* storage is forbidden: follow the system */ }
  if (theme !== "light" && theme !== "dark") theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = theme;
})();
