// Work that must not stand in the way of the next frame: a few milliseconds of it in each, the rest in the next ones.
const BUDGET = 6; // ms

export function createTurns(work, clock = globalThis) {
  const now = () => (clock.performance ?? performance).now();
  const waiting = new Set();
  let frame = null;

  function turn() {
    frame = null;
    const end = now() + BUDGET;
    for (const each of waiting) {
      waiting.delete(each);
      work(each);
      if (now() >= end) break;
    }
    if (waiting.size > 0) frame = clock.requestAnimationFrame(turn);
  }

  return {
    // Asked for twice, it is done once.
    ask(each) {
      waiting.add(each);
      frame ??= clock.requestAnimationFrame(turn);
    },
    forget() { waiting.clear(); },
  };
}
