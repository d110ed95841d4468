// Requests predictions while somebody draws, and shows them in the widgets.
import { checkHealth, postPicture } from "../api/client.js";
import { createPredictScheduler } from "../api/predict-scheduler.js";
import { OUTPUT_LAYERS } from "../network/layer-text.js";

// `answerView`, `inputView` and `networkView` show the prediction; `notice` shows errors.
export function createLivePrediction({ state, query, picture }, { answerView, inputView, networkView, notice }) {
  const scheduler = createPredictScheduler({
    predict: (body, { layers, signal }) => postPicture("api/predict", body, { ...query(), layers }, signal),
    health: checkHealth,
    snapshot: () => picture(),
    onAnswer(answer, final) {
      if (answer) notice.clear("problem");
      show(answer, final);
    },
    onRefused(error) {
      show(null, true);
      notice.showError(error);
    },
    onUnavailable: notice.showUnavailable,
    onAvailable: () => notice.clear("away"),
  });

  function show(answer, final) {
    state.set({ answer });
    answerView.show(state.get().hidden ? null : answer, final);
    requestAnimationFrame(() => {
      const { hidden, model } = state.get();
      if (!answer) networkView.clear();
      else if (answer.layers && answer.model === model) {
        networkView.update(answer.layers.filter(({ name }) => !hidden || !OUTPUT_LAYERS.has(name)));
      }
      inputView.show(answer?.input ?? null);
    });
  }

  state.subscribe((now, before) => {
    if (now.scaled !== before.scaled || now.centred !== before.centred) scheduler.replaced();
    if (now.hidden === before.hidden) return;
    networkView.clear(); // the output layers disappear or come back
    show(state.get().answer, true);
  });
  show(null, false);
  return scheduler;
}
