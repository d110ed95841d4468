// The events of the training, as they come. The server ends each stream after a while, so that none keeps a thread from
// drawings; we ask for the rest at once, and where it is away again and again, ever more seldom.
import { retryDelay } from "../lib/backoff.js";

const AT_ONCE = 50; // ms
const LATER = 500; // ms until another look whether anybody looks on

// `onEvent(event)`: what has come since; `onAway()`, `onBack()`: the server is away and back; `onEnd()`: there is no
// more to come, or the server refuses to tell it; while `isWanted()` says no, nothing is asked for. → stop()
export function follow(url, {
  onEvent, onAway, onBack, onEnd, isWanted = () => true, open = (path) => new EventSource(path), clock = globalThis,
}) {
  let source = null;
  let timer = null;
  let last = "";
  let tries = 0;

  function connect() {
    if (!isWanted()) {
      timer = clock.setTimeout(connect, LATER);
      return;
    }
    let opened = false;
    source = open(last ? `${url}?after=${last}` : url);
    source.onopen = () => {
      opened = true;
      if (tries > 0) onBack();
      tries = 0;
    };
    source.onmessage = ({ data, lastEventId }) => {
      last = lastEventId;
      onEvent(JSON.parse(data));
    };
    source.onerror = () => {
      const over = source.readyState === 2 && !opened; // refused, or told that there is nothing more
      stop();
      if (over) return onEnd();
      if (!opened) onAway();
      timer = clock.setTimeout(connect, opened ? AT_ONCE : retryDelay(tries));
      if (!opened) tries += 1;
    };
  }

  function stop() {
    clock.clearTimeout(timer);
    source?.close();
  }

  connect();
  return stop;
}
