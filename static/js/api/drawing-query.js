// Sends a panel's request about the drawing: when the panel opens, after each finished stroke, and after a change of
// the network or of the preprocessing. The latest request wins. A request is repeated while the server is unavailable.
import { ServerUnavailable } from "./client.js";
import { createLatestOnly } from "../lib/latest-only.js";
import { createRetry } from "./retry.js";

const RELEVANT_FIELDS = ["history", "model", "models", "scaled", "centred"];

// `ask(signal)` resolves to the response, null for a blank pad. `show(response)` gets the latest response,
// `fail(error)` the latest error, ServerUnavailable at each failed try.
export function createDrawingQuery({ state }, { ask, show, fail, clock = globalThis }) {
  let queried = {}; // the state of the latest request
  const retry = createRetry({ onUnavailable: () => fail(new ServerUnavailable()), clock });
  const send = (_, signal) => retry.run(() => ask(signal), { signal });
  const latest = createLatestOnly({ send, done: show, failed: fail, clock });

  function refresh() {
    queried = state.get();
    latest.cancel();
    latest.ask(true);
  }

  return {
    refresh,
    // Asks again if the state has changed in a relevant field.
    update() {
      const now = state.get();
      if (RELEVANT_FIELDS.some((name) => now[name] !== queried[name])) refresh();
    },
  };
}
