// Keeps the address bar and the state equal: a change of either one sets the other.
import { historyFromHash, formatHash, hasInk, parseHash } from "./url-state.js";

const IMMEDIATE_FIELDS = ["model", "presenting", "panel", "lesson", "layer", "scale", "scaled", "centred"];
const OPEN_DELAY_MS = 300; // Safari allows 100 changes in 30 s; a held arrow key makes more

// Returns the name if the server has this network, else the name of the default network.
export const existingModel = (name, { models, fallback }) =>
  (models.some((model) => model.name === name) ? name : fallback);

export function attachUrlSync({ state }, { replaceDrawing }) {
  let timer = null;

  function write() {
    clearTimeout(timer);
    const { model, fallback, ...now } = state.get();
    const hash = formatHash({ ...now, model: model === fallback ? null : model });
    history.replaceState(null, "", hash || location.pathname + location.search);
  }

  state.subscribe((now, before) => {
    const changed = IMMEDIATE_FIELDS.some((name) => now[name] !== before[name]);
    if (changed || (now.history !== before.history && hasInk(location.hash))) write();
    else if (now.open !== before.open) {
      clearTimeout(timer);
      timer = setTimeout(write, OPEN_DELAY_MS);
    }
  });

  window.addEventListener("hashchange", ({ newURL }) => {
    const link = new URL(newURL).hash; // location.hash may have changed since the event
    const { model, ...rest } = parseHash(link);
    const now = state.get();
    state.set({ ...rest, ...(now.models ? { model: existingModel(model, now) } : { model }) });
    replaceDrawing(historyFromHash(link, now.history));
  });
}
