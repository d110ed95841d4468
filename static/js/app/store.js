// Holds the state of the web page: one object of plain values, replaced at each change and never mutated.
export function createStore(initial) {
  let current = Object.freeze({ ...initial });
  const listeners = new Set();
  const changes = []; // [now, before] pairs to report
  let notifying = false;

  // A nested change waits until every listener has got the changes before it.
  function notify() {
    if (notifying) return;
    notifying = true;
    try {
      while (changes.length > 0) {
        const [now, before] = changes.shift();
        for (const listener of listeners) listener(now, before);
      }
    } finally {
      notifying = false;
    }
  }

  return {
    get: () => current,
    // Merges `patch` into the state. A listener may call this too.
    set(patch) {
      const before = current;
      if (Object.keys(patch).every((key) => patch[key] === before[key])) return;
      current = Object.freeze({ ...before, ...patch });
      changes.push([current, before]);
      notify();
    },
    // Calls `listener(now, before)` at each change, in order. Returns a function that unsubscribes.
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
