// The one state object of the page: plain values, replaced and never mutated.
export function createState(initial) {
  let current = Object.freeze({ ...initial });
  const listeners = new Set();
  return {
    get: () => current,
    set(patch) {
      const previous = current;
      if (Object.keys(patch).every((key) => patch[key] === previous[key])) return;
      current = Object.freeze({ ...previous, ...patch });
      for (const listener of listeners) listener(current, previous);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
