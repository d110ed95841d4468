// Asks again and again while the server is away. → its answer; any other error is thrown.
import { Away } from "./client.js";
import { retryDelay } from "../lib/backoff.js";

export function createPatience({ onAway, onBack = () => {}, clock = globalThis }) {
  const sleepers = new Set();

  function sleep(delay, signal) {
    return new Promise((resolve) => {
      const rise = () => {
        clock.clearTimeout(timer);
        sleepers.delete(rise);
        signal?.removeEventListener("abort", rise);
        resolve();
      };
      const timer = clock.setTimeout(rise, delay);
      sleepers.add(rise);
      signal?.addEventListener("abort", rise);
    });
  }

  return {
    // `send()` is one try; `kept` says what waits meanwhile. A signal that aborts ends it with the last error.
    async ask(send, { signal, kept } = {}) {
      for (let tries = 0; ; tries += 1) {
        try {
          const answer = await send();
          if (tries > 0) onBack();
          return answer;
        } catch (error) {
          if (signal?.aborted || !(error instanceof Away)) {
            if (tries > 0) onBack();
            throw error;
          }
          const delay = retryDelay(tries, error.retryAfter);
          onAway({ delay, busy: error.retryAfter !== null, kept });
          await sleep(delay, signal);
          if (!signal?.aborted) continue;
          onBack();
          throw error;
        }
      }
    },
    wake() { for (const rise of [...sleepers]) rise(); },
  };
}
