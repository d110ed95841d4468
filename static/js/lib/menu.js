// Attaches a menu button. In narrow windows the menu replaces a row of buttons.
export function attachMenu(button, menu) {
  const isOpen = () => button.getAttribute("aria-expanded") === "true";
  function setOpen(open) {
    button.setAttribute("aria-expanded", String(open));
    menu.classList.toggle("open", open);
  }
  button.addEventListener("click", () => setOpen(!isOpen()));
  menu.addEventListener("click", (event) => { if (event.target.closest("button")) setOpen(false); });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!menu.contains(target) && !button.contains(target)) setOpen(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.preventDefault();
    setOpen(false);
    button.focus();
  }, { capture: true });
}
