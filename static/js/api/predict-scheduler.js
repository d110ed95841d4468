// Schedules prediction requests while somebody draws, and retries while the server is unavailable.
import { ServerUnavailable } from "./client.js";
import { retryDelay } from "../lib/backoff.js";
import { createLatestOnly } from "../lib/latest-only.js";

const REQUEST_GAP_MS = 16; // one frame; one request at a time, because a class shares the server
const LAYERS_GAP_MS = 250; // until the stroke ends, all layers at most four times a second …
const MAX_LAYERS_SHARE = 0.08; // … and at most this share of the time, because the bars wait for the layers
const REST_MS = 100; // without a change: the pen rests

// `snapshot()` returns the picture to send, null for a blank pad, which is never sent. `predict(picture, { layers,
// signal })` and `health()` send requests. `onAnswer(answer, final)`: answer is null for a blank pad; final after the
// end of a stroke.
export function createPredictScheduler({
  predict, health, snapshot, onAnswer, onRefused, onUnavailable, onAvailable, clock = globalThis,
}) {
  const now = () => (clock.performance ?? performance).now();
  let layersAskedAt = -Infinity;
  let layersDuration = 0;
  let tries = 0; // failed tries since the last answer
  let retryTimer = null;
  let restTimer = null;

  const latest = createLatestOnly({
    gap: REQUEST_GAP_MS,
    clock,
    async send(job, signal) {
      const picture = snapshot();
      if (picture === null) {
        if (tries > 0) await health(); // nothing to predict: only check the server
        return null;
      }
      const askedAt = now();
      const withLayers = job.final || job.rested
        || askedAt - layersAskedAt >= Math.max(LAYERS_GAP_MS, layersDuration / MAX_LAYERS_SHARE);
      if (withLayers) layersAskedAt = askedAt;
      const answer = await predict(picture, { layers: withLayers ? "all" : "none", signal });
      if (withLayers) layersDuration = now() - askedAt;
      return answer;
    },
    done(answer, job) {
      resetTries();
      onAnswer(answer, job.final);
      clock.clearTimeout(restTimer);
      if (answer && !answer.layers) scheduleLayers();
    },
    failed(error) {
      if (!(error instanceof ServerUnavailable)) {
        resetTries();
        onRefused(error);
        return;
      }
      latest.hold();
      // The failed request is repeated, unless a newer one waits.
      if (!latest.busy) latest.ask({ final: true });
      const delay = retryDelay(tries, error.retryAfter);
      tries += 1;
      onUnavailable({ delay, busy: error.retryAfter !== null });
      clock.clearTimeout(retryTimer);
      retryTimer = clock.setTimeout(retry, delay);
    },
  });

  // Asks for the layers when the pen rests on the pad. A request in between may be the end of the stroke and stays.
  function scheduleLayers() {
    const ask = () => { if (!latest.busy) latest.ask({ final: false, rested: true }); };
    restTimer = clock.setTimeout(ask, Math.max(REST_MS, layersAskedAt + LAYERS_GAP_MS - now()));
  }

  function retry() {
    clock.clearTimeout(retryTimer);
    retryTimer = null;
    latest.release();
  }

  function resetTries() {
    if (tries === 0) return;
    tries = 0;
    onAvailable();
  }

  return {
    // The drawing has changed; `final`: the stroke has ended.
    changed(final) {
      clock.clearTimeout(restTimer);
      latest.ask({ final });
    },
    // Another drawing or another network: drops the answers to earlier requests.
    replaced() {
      clock.clearTimeout(restTimer);
      latest.cancel();
      latest.ask({ final: true });
    },
    // Ends the pause between two tries.
    retryNow() { if (retryTimer !== null) retry(); },
  };
}
