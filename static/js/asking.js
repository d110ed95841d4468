// When a panel asks about the drawing: once it is opened, after each finished stroke, and when the way of reading has
// changed; not while the pen moves. Of several questions the latest wins. Where the server is away, the panel asks again
// as soon as the page has had an answer.
import { Away } from "./api.js";
import { createLatest } from "./latest.js";

const MATTERS = ["history", "model", "models", "scaled", "centred"];

// `ask(signal)` → the promise of an answer, null for an empty pad; `show(answer)` and `fail(error)` hear of the latest.
export function createAsking(page, { ask, show, fail }) {
  let asked = {};
  let away = null; // the page's own answer at the time when the server went away
  const latest = createLatest({
    send: (_, signal) => ask(signal),
    done(answer) {
      away = null;
      show(answer);
    },
    failed(error) {
      away = error instanceof Away ? { answer: page.state.get().answer } : null;
      fail(error);
    },
  });

  function again() {
    asked = page.state.get();
    latest.cancel();
    latest.ask(true);
  }

  return {
    again,
    update() {
      const now = page.state.get();
      const back = away && now.answer && now.answer !== away.answer;
      if (back || MATTERS.some((name) => now[name] !== asked[name])) again();
    },
  };
}
