// A clock for tests: time passes only in pass().
export function createClock() {
  let now = 0;
  let timers = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    performance: { now: () => now },
    setTimeout(run, delay) {
      const timer = { run, at: now + delay };
      timers.push(timer);
      return timer;
    },
    clearTimeout(timer) { timers = timers.filter((each) => each !== timer); },
    async pass(milliseconds) {
      const end = now + milliseconds;
      await settle();
      for (;;) {
        const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        now = Math.max(now, due.at);
        timers = timers.filter((each) => each !== due);
        due.run();
        await settle();
      }
      now = end;
    },
  };
}
