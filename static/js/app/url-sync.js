// The address bar: it carries the small part of the state, and an address that is opened or edited sets that part.
import { drawnFrom, formatHash, hasInk, parseHash } from "./url-state.js";

const AT_ONCE = ["model", "presenting", "panel", "lesson", "layer", "scale", "scaled", "centred"];
const SOON = 300; // ms: Safari allows a hundred changes in half a minute; an arrow key that is held makes more

// The network of that name, or the server's default one where there is none.
export const known = (name, { models, fallback }) => (models.some((model) => model.name === name) ? name : fallback);

export function attachAddress({ state }, { replaceDrawing }) {
  let writing = null;

  function write() {
    clearTimeout(writing);
    const { model, fallback, ...now } = state.get();
    const hash = formatHash({ ...now, model: model === fallback ? null : model });
    history.replaceState(null, "", hash || location.pathname + location.search);
  }

  state.subscribe((now, before) => {
    const moved = AT_ONCE.some((name) => now[name] !== before[name]);
    if (moved || (now.history !== before.history && hasInk(location.hash))) write();
    else if (now.open !== before.open) {
      clearTimeout(writing);
      writing = setTimeout(write, SOON);
    }
  });

  window.addEventListener("hashchange", ({ newURL }) => {
    const link = new URL(newURL).hash; // the address itself may have been written over since
    const { model, ...rest } = parseHash(link);
    const now = state.get();
    state.set({ ...rest, ...(now.models ? { model: known(model, now) } : { model }) });
    replaceDrawing(drawnFrom(link, now.history));
  });
}
