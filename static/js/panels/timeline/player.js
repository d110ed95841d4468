// Plays the snapshots of a timeline, one after the other, and pauses them.
import { t } from "../../lib/i18n.js";

const STEP_MS = 350;
const REDUCED_MOTION_STEP_MS = 1000;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

// `isAtEnd()`, `isVisible()`: playing ends at the last snapshot and when the panel is hidden. `restart()` and
// `advance()` change the snapshot, `show()` shows it.
export function createPlayer(button, { isAtEnd, isVisible, restart, advance, show }) {
  let timer = null;

  function showButton() {
    button.textContent = t(timer === null ? "timeline.play" : "timeline.pause");
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    showButton();
  }

  function step() {
    if (!isVisible() || isAtEnd()) return stop();
    advance();
    return show();
  }

  button.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (isAtEnd()) restart();
    show();
    timer = setInterval(step, reducedMotion.matches ? REDUCED_MOTION_STEP_MS : STEP_MS);
    return showButton();
  });
  showButton();

  return { stop };
}
