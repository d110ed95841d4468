// Opens and closes the drawer in which a map explains itself. Its code and its style come when it is opened first.
import { t } from "../lib/i18n.js";
import { parentOf, clampToModel } from "../app/open-cell.js";
import { loadStylesheet } from "../lib/lazy-css.js";
import { SECRET } from "../classroom/vote.js";

// A click beside the drawer goes one level up; but one who draws, chooses or opens another map has no wish to leave.
const BESIDE = "#layers, #film, footer";
const WITHIN = "#drawer, .maps, #input, button, a, label, input";

async function load(host, page) {
  const [{ createDrawer }] = await Promise.all([
    import("./drawer.js"), loadStylesheet(new URL("../../css/explain.css", import.meta.url)),
  ]);
  return createDrawer(host, page);
}

export function attachOpening(host, page) {
  const { state } = page;
  let drawer = null;
  let loading = null;
  let opener = null;
  const broken = Object.assign(document.createElement("p"), { textContent: t("panels.broken") });

  const home = (layer) => (opener?.isConnected ? opener : host.querySelector(`[data-layer="${layer}"] .maps`));

  function up() {
    const { open, panel } = state.get();
    if (!open || panel !== null) return false;
    state.set({ open: parentOf(open), pointed: null });
    return true;
  }

  async function show(now, before) {
    if (!drawer && now.open) {
      loading ??= load(host, page);
      try {
        drawer = await loading;
        broken.remove();
      } catch (error) {
        loading = null;
        host.append(broken);
        throw error;
      }
    }
    const { open } = state.get(); // it may be another one by now
    const focused = document.activeElement;
    const inside = drawer?.root.contains(focused) || (opener !== null && focused === document.body);
    drawer?.show(open);
    if (open && !before.open && opener) drawer.focus();
    if (!open && before.open && inside) home(before.open.layer)?.focus();
    if (!open) opener = null;
  }

  // A network without such a map closes the drawer.
  function settle(now) {
    const model = page.model();
    if (!now.open || !model) return;
    const open = now.hidden && SECRET.has(now.open.layer) ? null : clampToModel(now.open, model);
    if (open !== now.open) state.set({ open });
  }

  state.subscribe((now, before) => {
    if (now.open !== before.open || now.model !== before.model || now.models !== before.models) settle(now);
    if (now.open === state.get().open && page.model() && (now.open !== before.open || now.models !== before.models)) show(now, before);
  });
  document.addEventListener("click", (event) => {
    const within = (places) => event.composedPath().some((node) => node.matches?.(places));
    if ((within(BESIDE) || event.target.matches("html, body, main, .inside")) && !within(WITHIN)) up();
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
