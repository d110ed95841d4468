// Pictures on their way to the pad. A slow one must not arrive on top of something newer: what comes later stops it.
export function createIntake({ onArrived, onFailed, busy }) {
  let under = null;

  function stop() {
    under?.abort();
    under = null;
    busy.hide();
  }

  return {
    stop,
    get busy() { return under !== null; },
    // `bring(signal)` promises a picture.
    async take(bring) {
      stop();
      const mine = new AbortController();
      under = mine;
      busy.show();
      let report;
      try {
        const picture = await bring(mine.signal);
        report = () => onArrived(picture);
      } catch (error) {
        report = () => onFailed(error);
      }
      if (under !== mine) return;
      stop();
      report();
    },
  };
}
