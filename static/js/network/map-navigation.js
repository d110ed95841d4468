// Lets pointer and keyboard show one map among many in the tooltip, and open it. A hovered map is hidden when the
// pointer leaves; a tapped or focused one stays until Escape or a tap elsewhere.
import { arrowStep, hasModifier } from "../lib/keyboard.js";

// Adds the layer's name to what the callbacks get: onOpen(layer, map), onPoint({ layer, map, cell }).
export const withLayerName = (getName, { onOpen, onPoint }) => ({
  onOpen: onOpen && ((map) => onOpen(getName(), map)),
  onPoint: onPoint && ((target) => onPoint(target && { layer: getName(), ...target })),
});

// `maps` has `count`, `columns`, `cellUnder(event)`, and `enlarge(i)`, which returns the spoken text. `onOpen(map)`: a
// click or Enter. `onPoint({ map, cell } or null)`: the pointer's cell. While `canWalk()` is false, only the pointer
// works.
export function attachMapNavigation(element, maps, { tooltip, onOpen, onPoint, canWalk = () => true }) {
  let current = -1;
  const show = (i) => {
    current = i;
    if (i < 0) return tooltip.hide();
    const text = maps.enlarge(i);
    if (!canWalk()) return;
    element.setAttribute("aria-valuenow", i + 1);
    element.setAttribute("aria-valuetext", text);
  };
  const open = () => {
    if (current < 0 || !onOpen) return;
    tooltip.hide();
    onOpen(current);
  };
  const whenWalkable = (act) => (event) => { if (canWalk()) act(event); };

  element.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const target = maps.cellUnder(event);
    onPoint?.(target);
    if ((target?.map ?? -1) !== current) show(target?.map ?? -1);
  });
  element.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "touch") return;
    onPoint?.(null);
    show(-1);
  });
  element.addEventListener("scroll", () => show(-1));
  element.addEventListener("blur", () => show(-1));
  element.addEventListener("focus", whenWalkable(() => {
    if (element.matches(":focus-visible")) show(Math.min(Math.max(0, current), maps.count - 1));
  }));
  element.addEventListener("click", whenWalkable((event) => {
    show(maps.cellUnder(event)?.map ?? -1);
    open();
  }));
  element.addEventListener("keydown", whenWalkable((event) => {
    if (hasModifier(event)) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open();
    }
    if (event.key === "Escape" && current >= 0) {
      event.preventDefault(); // handled here; other listeners of Escape must not react
      show(-1);
    }
    const [down, across] = arrowStep(event.key) ?? [0, 0];
    const step = down * maps.columns + across;
    if (step === 0) return;
    event.preventDefault();
    const next = Math.max(0, current) + step;
    if (next >= 0 && next < maps.count) show(next);
  }));
}
