// A button that opens a list of buttons where the window is too narrow to show them in a row.
export function attachMenu(button, menu) {
  const isOpen = () => button.getAttribute("aria-expanded") === "true";
  function set(open) {
    button.setAttribute("aria-expanded", String(open));
    menu.classList.toggle("open", open);
  }
  button.addEventListener("click", () => set(!isOpen()));
  menu.addEventListener("click", (event) => { if (event.target.closest("button")) set(false); });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!menu.contains(target) && !button.contains(target)) set(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.preventDefault();
    set(false);
    button.focus();
  }, { capture: true });
}
