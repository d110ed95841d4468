// The reading of the drawing: asked for by reader.js while somebody draws, and shown by all widgets that tell of it.
import { ask, checkHealth } from "../api/client.js";
import { createReader } from "../api/predict-scheduler.js";
import { SECRET } from "../classroom/vote.js";

export function createReading(page, { answer, input, tower, notice }) {
  const { state } = page;

  const reader = createReader({
    predict: (picture, { layers, signal }) => ask("api/predict", picture, { ...page.query(), layers }, signal),
    health: checkHealth,
    snapshot: () => page.picture(),
    onAnswer(reading, final) {
      if (reading) notice.clear("problem");
      show(reading, final);
    },
    onRefused(error) {
      show(null, true);
      notice.complain(error);
    },
    onAway: notice.away,
    onBack: () => notice.clear("away"),
  });

  function show(reading, final) {
    state.set({ answer: reading });
    answer.show(state.get().hidden ? null : reading, final);
    requestAnimationFrame(() => {
      const { hidden, model } = state.get();
      if (!reading) tower.clear();
      else if (reading.layers && reading.model === model) {
        tower.update(reading.layers.filter(({ name }) => !hidden || !SECRET.has(name)));
      }
      input.show(reading?.input ?? null);
    });
  }

  state.subscribe((now, before) => {
    if (now.scaled !== before.scaled || now.centred !== before.centred) reader.replaced();
    if (now.hidden === before.hidden) return;
    tower.clear(); // what stood in the layers goes, or comes back
    show(state.get().answer, true);
  });
  show(null, false);
  return reader;
}
