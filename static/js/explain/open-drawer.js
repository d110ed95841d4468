// Opens and closes the drawer that explains a map. Its code and its style sheet are loaded when it is first opened.
import { t } from "../lib/i18n.js";
import { clampToModel, parentOf } from "../app/open-cell.js";
import { loadStylesheet } from "../lib/lazy-css.js";
import { OUTPUT_LAYERS } from "../network/layer-text.js";

// A click in OUTSIDE goes one level up, unless it is on something of INSIDE: a control, a map, or the drawer.
const OUTSIDE = "#layers, #film, footer";
const INSIDE = "#drawer, .maps, #input, button, a, label, input";

async function load(host, context) {
  const [{ createDrawer }] = await Promise.all([
    import("./drawer.js"), loadStylesheet(new URL("../../css/explain.css", import.meta.url)),
  ]);
  return createDrawer(host, context);
}

export function attachDrawer(host, context) {
  const { state } = context;
  let drawer = null;
  let loading = null;
  let opener = null; // the element that had the focus when the drawer was opened
  const loadError = Object.assign(document.createElement("p"), { textContent: t("panels.broken") });

  const focusTarget = (layer) => (opener?.isConnected ? opener : host.querySelector(`[data-layer="${layer}"] .maps`));

  // Goes from the cell to its map, or closes the drawer. Returns false if nothing is open.
  function up() {
    const { open, panel } = state.get();
    if (!open || panel !== null) return false;
    state.set({ open: parentOf(open), pointed: null });
    return true;
  }

  async function show(now, before) {
    if (!drawer && now.open) {
      loading ??= load(host, context);
      try {
        drawer = await loading;
        loadError.remove();
      } catch (error) {
        loading = null;
        host.append(loadError);
        throw error;
      }
    }
    const { open } = state.get(); // may have changed while the code was loading
    const focused = document.activeElement;
    const hadFocus = drawer?.root.contains(focused) || (opener !== null && focused === document.body);
    drawer?.show(open);
    if (open && !before.open && opener) drawer.focus();
    if (!open && before.open && hadFocus) focusTarget(before.open.layer)?.focus();
    if (!open) opener = null;
  }

  // Closes the drawer where the network does not have the open map, and where the prediction is hidden.
  function correctOpen(now) {
    const model = context.model();
    if (!now.open || !model) return;
    const open = now.hidden && OUTPUT_LAYERS.has(now.open.layer) ? null : clampToModel(now.open, model);
    if (open !== now.open) state.set({ open });
  }

  state.subscribe((now, before) => {
    if (now.open !== before.open || now.model !== before.model || now.models !== before.models) correctOpen(now);
    const isLatest = now.open === state.get().open;
    if (isLatest && context.model() && (now.open !== before.open || now.models !== before.models)) show(now, before);
  });
  document.addEventListener("click", (event) => {
    const isWithin = (selectors) => event.composedPath().some((node) => node.matches?.(selectors));
    if ((isWithin(OUTSIDE) || event.target.matches("html, body, main, .inside")) && !isWithin(INSIDE)) up();
  });

  return {
    up,
    open(layer, map) {
      opener = document.activeElement === document.body ? null : document.activeElement;
      state.set({ open: { layer, map, cell: null }, pointed: null });
      drawer?.focus();
    },
    paint() { drawer?.paint(); },
  };
}
