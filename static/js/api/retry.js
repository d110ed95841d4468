// Repeats a request while the server is unavailable. Any other error is thrown.
import { ServerUnavailable } from "./client.js";
import { retryDelay } from "../lib/backoff.js";

// `onUnavailable({ delay, busy, kept })`: a try has failed, the next one starts in `delay` ms. `onAvailable()`: the
// server answers again, or the request was aborted.
export function createRetry({ onUnavailable, onAvailable = () => {}, clock = globalThis }) {
  const pauses = new Set(); // a function for each running pause that ends it

  function pause(delay, signal) {
    return new Promise((resolve) => {
      const end = () => {
        clock.clearTimeout(timer);
        pauses.delete(end);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = clock.setTimeout(end, delay);
      pauses.add(end);
      signal?.addEventListener("abort", end);
    });
  }

  return {
    // `send()` starts one try. `kept` names the input that waits. An aborted signal throws the last error.
    async run(send, { signal, kept } = {}) {
      for (let tries = 0; ; tries += 1) {
        try {
          const answer = await send();
          if (tries > 0) onAvailable();
          return answer;
        } catch (error) {
          if (signal?.aborted || !(error instanceof ServerUnavailable)) {
            if (tries > 0) onAvailable();
            throw error;
          }
          const delay = retryDelay(tries, error.retryAfter);
          onUnavailable({ delay, busy: error.retryAfter !== null, kept });
          await pause(delay, signal);
          if (!signal?.aborted) continue;
          onAvailable();
          throw error;
        }
      }
    },
    // Ends the pauses between tries.
    retryNow() { for (const end of [...pauses]) end(); },
  };
}
