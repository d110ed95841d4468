// The ways to look at one map among many, and to open it: hovering shows it and leaving hides it; a tap or the keyboard
// keeps it until Escape or a tap elsewhere.
import { arrowStep, hasModifier } from "../lib/keyboard.js";

// The same two for the maps of a layer, told with its name: onOpen(layer, map), onPoint({ layer, map, cell }).
export const named = (getName, { onOpen, onPoint }) => ({
  onOpen: onOpen && ((map) => onOpen(getName(), map)),
  onPoint: onPoint && ((under) => onPoint(under && { layer: getName(), ...under })),
});

// `view` has `count`, `columns`, `cellUnder(event)`, and `enlarge(i)`, which says what it shows. `onOpen(map)` hears of a
// click or Enter on a map, `onPoint({ map, cell })` of what is pointed at, or null. Where it cannot be walked, only the
// pointing is left.
export function attachLooking(element, view, { zoom, onOpen, onPoint, canWalk = () => true }) {
  let at = -1;
  const look = (i) => {
    at = i;
    if (i < 0) return zoom.hide();
    const said = view.enlarge(i);
    if (!canWalk()) return;
    element.setAttribute("aria-valuenow", i + 1);
    element.setAttribute("aria-valuetext", said);
  };
  const open = () => {
    if (at < 0 || !onOpen) return;
    zoom.hide();
    onOpen(at);
  };
  const whenWalked = (act) => (event) => { if (canWalk()) act(event); };

  element.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const under = view.cellUnder(event);
    onPoint?.(under);
    if ((under?.map ?? -1) !== at) look(under?.map ?? -1);
  });
  element.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "touch") return;
    onPoint?.(null);
    look(-1);
  });
  element.addEventListener("scroll", () => look(-1));
  element.addEventListener("blur", () => look(-1));
  element.addEventListener("focus", whenWalked(() => {
    if (element.matches(":focus-visible")) look(Math.min(Math.max(0, at), view.count - 1));
  }));
  element.addEventListener("click", whenWalked((event) => {
    look(view.cellUnder(event)?.map ?? -1);
    open();
  }));
  element.addEventListener("keydown", whenWalked((event) => {
    if (hasModifier(event)) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open();
    }
    if (event.key === "Escape" && at >= 0) {
      event.preventDefault(); // it has done its work here
      look(-1);
    }
    const [down, right] = arrowStep(event.key) ?? [0, 0];
    const step = down * view.columns + right;
    if (!step) return;
    event.preventDefault();
    const next = Math.max(0, at) + step;
    if (next >= 0 && next < view.count) look(next);
  }));
}
