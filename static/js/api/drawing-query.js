// When a panel asks about the drawing: once it is opened, after each finished stroke, and when the way of reading has
// changed; not while the pen moves. Of several questions the latest wins. Where the server is away, it is asked again.
import { Away } from "./client.js";
import { createLatest } from "../lib/latest-only.js";
import { createPatience } from "./retry.js";

const MATTERS = ["history", "model", "models", "scaled", "centred"];

// `ask(signal)` → the promise of an answer, null for an empty pad; `show(answer)` and `fail(error)` hear of the latest,
// `fail` of Away as often as the server does not answer.
export function createAsking(page, { ask, show, fail, clock = globalThis }) {
  let asked = {};
  const patience = createPatience({ onAway: () => fail(new Away()), clock });
  const latest = createLatest({ send: (_, signal) => patience.ask(() => ask(signal), { signal }), done: show, failed: fail, clock });

  function again() {
    asked = page.state.get();
    latest.cancel();
    latest.ask(true);
  }

  return {
    again,
    update() {
      const now = page.state.get();
      if (MATTERS.some((name) => now[name] !== asked[name])) again();
    },
  };
}
