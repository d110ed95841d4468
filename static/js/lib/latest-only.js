// Runs one job at a time. Of the jobs that arrive meanwhile, only the latest runs next.

// `send(job, signal)` returns a promise. `done(answer, job)` and `failed(error, job)` are not called for a cancelled
// job. `gap`: milliseconds between two starts. `clock` can be replaced in tests.
export function createLatestOnly({ send, done, failed, gap = 0, clock = globalThis }) {
  const now = () => (clock.performance ?? performance).now();
  let sequence = 0; // grows with each cancel: answers to an older sequence are dropped
  let running = null;
  let waiting = null;
  let held = false;
  let timer = null;
  let lastStart = -Infinity;

  function startNext() {
    if (running || held || waiting === null || timer !== null) return;
    const pause = lastStart + gap - now();
    if (pause > 0) {
      timer = clock.setTimeout(() => { timer = null; startNext(); }, pause);
      return;
    }
    start(waiting);
  }

  async function start(job) {
    const own = { sequence, controller: new AbortController() };
    waiting = null;
    running = own;
    lastStart = now();
    let report;
    try {
      const answer = await send(job, own.controller.signal);
      report = () => done(answer, job);
    } catch (error) {
      report = () => failed(error, job);
    }
    if (running === own) running = null;
    if (own.sequence === sequence) report();
    startNext();
  }

  return {
    // Starts a job, or lets it wait. It replaces the job that waits.
    ask(job) { waiting = job; startNext(); },
    // Drops the job that waits and aborts the one that runs.
    cancel() {
      sequence += 1;
      waiting = null;
      running?.controller.abort();
      running = null;
    },
    // Starts no job until release().
    hold() { held = true; },
    release() { held = false; startNext(); },
    get busy() { return running !== null || waiting !== null; },
  };
}
