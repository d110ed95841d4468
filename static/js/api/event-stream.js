// Follows the server-sent events of a training. The server ends each stream after a while; the next one starts after
// the last event. While the server is unavailable, the pause between tries grows.
import { retryDelay } from "../lib/backoff.js";

const RECONNECT_MS = 50;
const HIDDEN_CHECK_MS = 500; // between two calls of `isWanted`

// `onEvent(event)` gets each event. `onUnavailable()` and `onAvailable()`: the server fails and answers again.
// `onEnd()`: no more events, or the server refuses. No request is sent while `isWanted()` returns false. Returns a
// function that stops.
export function followEvents(url, {
  onEvent, onUnavailable, onAvailable, onEnd, isWanted = () => true,
  open = (path) => new EventSource(path), clock = globalThis,
}) {
  let source = null;
  let timer = null;
  let lastId = "";
  let tries = 0;

  function connect() {
    if (!isWanted()) {
      timer = clock.setTimeout(connect, HIDDEN_CHECK_MS);
      return;
    }
    let opened = false;
    source = open(lastId ? `${url}?after=${lastId}` : url);
    source.onopen = () => {
      opened = true;
      if (tries > 0) onAvailable();
      tries = 0;
    };
    source.onmessage = ({ data, lastEventId }) => {
      lastId = lastEventId;
      onEvent(JSON.parse(data));
    };
    source.onerror = () => {
      const ended = source.readyState === 2 && !opened; // refused, or no more events
      stop();
      if (ended) return onEnd();
      if (!opened) onUnavailable();
      timer = clock.setTimeout(connect, opened ? RECONNECT_MS : retryDelay(tries));
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
