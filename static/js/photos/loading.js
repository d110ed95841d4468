// Loads one picture at a time onto the pad. A newer picture, or a stop, cancels the one that is loading.
const INDICATOR_DELAY_MS = 300;

// Shows a message on the pad if loading takes longer than the delay.
export function createBusyIndicator(root, { onCancel }) {
  let timer = null;
  root.querySelector("button").addEventListener("click", onCancel);
  return {
    show() {
      clearTimeout(timer);
      timer = setTimeout(() => { root.hidden = false; }, INDICATOR_DELAY_MS);
    },
    hide() {
      clearTimeout(timer);
      root.hidden = true;
    },
  };
}

// `onLoaded(picture)` and `onFailed(error)` are not called for a cancelled load.
export function createPictureLoader({ onLoaded, onFailed, indicator }) {
  let current = null; // the AbortController of the running load

  function stop() {
    current?.abort();
    current = null;
    indicator.hide();
  }

  return {
    stop,
    get busy() { return current !== null; },
    // `loadPicture(signal)` resolves to a picture.
    async take(loadPicture) {
      stop();
      const own = new AbortController();
      current = own;
      indicator.show();
      let report;
      try {
        const picture = await loadPicture(own.signal);
        report = () => onLoaded(picture);
      } catch (error) {
        report = () => onFailed(error);
      }
      if (current !== own) return;
      stop();
      report();
    },
  };
}
