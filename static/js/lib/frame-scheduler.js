// Spreads work over animation frames: a few milliseconds in each frame.
const FRAME_BUDGET_MS = 6;

// `work(item)` handles one item.
export function createFrameScheduler(work, clock = globalThis) {
  const now = () => (clock.performance ?? performance).now();
  const waiting = new Set();
  let frame = null;

  function run() {
    frame = null;
    const end = now() + FRAME_BUDGET_MS;
    for (const item of waiting) {
      waiting.delete(item);
      work(item);
      if (now() >= end) break;
    }
    if (waiting.size > 0) frame = clock.requestAnimationFrame(run);
  }

  return {
    // An item that already waits is not added again.
    schedule(item) {
      waiting.add(item);
      if (frame === null) frame = clock.requestAnimationFrame(run);
    },
    clear() { waiting.clear(); },
  };
}
