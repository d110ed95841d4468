// When to ask the server, and what to do when it is away. Knows nothing of the page: `snapshot()` gives the picture as
// it is posted, or null for an empty pad, which is never sent.
import { Away } from "./client.js";
import { retryDelay } from "../lib/backoff.js";
import { createLatest } from "../lib/latest-only.js";

const GAP = 16; // ms between two requests, a frame. One at a time is what is kind to a server that a whole class shares
const LAYERS_GAP = 250; // all layers at most four times a second until the stroke ends,
const LAYERS_SHARE = 0.08; // and no larger a share of the time than this: while they are on their way, the bars stand still
const RESTED = 100; // ms without a change: the pen rests

export function createReader({ predict, health, snapshot, onAnswer, onRefused, onAway, onBack, clock = globalThis }) {
  const now = () => (clock.performance ?? performance).now();
  let lastLayers = -Infinity;
  let layersTook = 0;
  let tries = 0;
  let timer = null;
  let rest = null;

  const latest = createLatest({
    gap: GAP,
    clock,
    async send(job, signal) {
      const picture = snapshot();
      if (picture === null) {
        if (tries > 0) await health(); // nothing to read: only ask whether the server is back
        return null;
      }
      const asked = now();
      const all = job.final || job.rested || asked - lastLayers >= Math.max(LAYERS_GAP, layersTook / LAYERS_SHARE);
      if (all) lastLayers = asked;
      const answer = await predict(picture, { layers: all ? "all" : "none", signal });
      if (all) layersTook = now() - asked;
      return answer;
    },
    done(answer, job) {
      back();
      onAnswer(answer, job.final);
      clock.clearTimeout(rest);
      if (answer && !answer.layers) askForLayers();
    },
    failed(error) {
      if (!(error instanceof Away)) {
        back();
        onRefused(error);
        return;
      }
      latest.hold();
      // What was asked still stands, unless something newer has been asked meanwhile.
      if (!latest.busy) latest.ask({ final: true });
      const delay = retryDelay(tries, error.retryAfter);
      tries += 1;
      onAway({ delay, busy: error.retryAfter !== null });
      clock.clearTimeout(timer);
      timer = clock.setTimeout(retry, delay);
    },
  });

  // The pen may rest without being lifted: then the layers must not stay behind the drawing. What is asked anyway meanwhile
  // must not be replaced: it may be the end of the stroke.
  function askForLayers() {
    const ask = () => { if (!latest.busy) latest.ask({ final: false, rested: true }); };
    rest = clock.setTimeout(ask, Math.max(RESTED, lastLayers + LAYERS_GAP - now()));
  }

  function retry() {
    clock.clearTimeout(timer);
    timer = null;
    latest.release();
  }

  function back() {
    if (tries === 0) return;
    tries = 0;
    onBack();
  }

  return {
    // The drawing has changed; `final` when the stroke has ended.
    changed(final) {
      clock.clearTimeout(rest);
      latest.ask({ final });
    },
    // The drawing or the network is another one: answers to the old one are of no use.
    replaced() {
      clock.clearTimeout(rest);
      latest.cancel();
      latest.ask({ final: true });
    },
    retry() { if (timer !== null) retry(); },
  };
}
