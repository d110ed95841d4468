// One job in flight, the latest waits, everything older is dropped. `send(job, signal)` returns a promise; `done` and
// `failed` hear only of jobs that nobody has cancelled since. The clock can be replaced by a test's own.
export function createLatest({ send, done, failed, gap = 0, clock = globalThis }) {
  const now = () => (clock.performance ?? performance).now();
  let sequence = 0; // grows with each cancel: an answer to an older sequence is not wanted any more
  let flight = null;
  let waiting = null;
  let held = false;
  let timer = null;
  let lastStart = -Infinity;

  function next() {
    if (flight || held || waiting === null || timer !== null) return;
    const pause = lastStart + gap - now();
    if (pause > 0) {
      timer = clock.setTimeout(() => { timer = null; next(); }, pause);
      return;
    }
    start(waiting);
  }

  async function start(job) {
    const mine = { sequence, controller: new AbortController() };
    waiting = null;
    flight = mine;
    lastStart = now();
    let report;
    try {
      const answer = await send(job, mine.controller.signal);
      report = () => done(answer, job);
    } catch (error) {
      report = () => failed(error, job);
    }
    if (flight === mine) flight = null;
    if (mine.sequence === sequence) report();
    next();
  }

  return {
    // A job that waits is replaced by the newer one.
    ask(job) { waiting = job; next(); },
    // Forget what waits and what is under way.
    cancel() {
      sequence += 1;
      waiting = null;
      flight?.controller.abort();
      flight = null;
    },
    // While held, jobs wait; the latest starts with release().
    hold() { held = true; },
    release() { held = false; next(); },
    get busy() { return flight !== null || waiting !== null; },
  };
}
