// The drawer in which a map explains itself: all that it was computed from, down to the products behind one cell. It
// follows the drawing while that grows, and the state says what is open in it.
import { ServerUnavailable } from "../api/client.js";
import { t } from "../lib/i18n.js";
import { createLatestOnly } from "../lib/latest-only.js";
import { button, make } from "../lib/dom.js";
import { parentOf, formatOpen } from "../app/open-cell.js";
import { createRetry } from "../api/retry.js";
import { errorText } from "../api/error-text.js";
import { dependingOn } from "../network/receptive-field.js";
import { createCellView } from "./cell-view.js";
import { createMapView } from "./map-view.js";
import { cellName, isList, nameOf } from "./labels.js";
import { decodeExplanation, exact, short } from "./explanation.js";
import { createUnitView } from "./unit-view.js";

const GAP = 250; // ms between two questions: four a second are enough to follow a pen

const CROSS = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m5 5 10 10M15 5 5 15"/></svg>';

function createFrame(actions) {
  const title = make("h2", { id: "drawer-title" });
  const crumb = button("crumb", {}, actions.up);
  const place = make("span.place");
  const digits = button("digits", { "aria-pressed": "false" }, actions.digits, t("explain.digits"));
  const step = (by, label, path) => {
    const each = button("quiet", { title: label, "aria-label": label }, () => actions.step(by));
    each.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${path}"/></svg>`;
    return each;
  };
  const steps = [step(-1, t("explain.previous"), "m12 4-6 6 6 6"), step(1, t("explain.next"), "m8 4 6 6-6 6")];
  const close = button("quiet", { title: t("explain.close"), "aria-label": t("explain.close") }, actions.close);
  close.innerHTML = CROSS;
  const body = make("div.drawer-body");
  const message = make("p.message", { role: "status" });
  title.append(crumb, place);
  const root = make("section", { id: "drawer", "aria-labelledby": "drawer-title", tabindex: -1 },
    make("header", {}, title, ...steps, digits, close), message, body);
  return { root, title, crumb, place, steps, digits, message, body };
}

export function createDrawer(host, page) {
  const { state, getTheme } = page;
  let isExact = false;
  let told = null; // the explanation that is shown
  let view = null;
  let made = ""; // for which level of which map the view was built
  const layers = () => page.model().layers;
  const spec = () => layers().find(({ name }) => name === state.get().open?.layer);
  const write = (value) => (isExact ? exact(value) : short(value));
  const set = (open) => state.set({ open, pointed: null });
  const frame = createFrame({
    up: () => { set(parentOf(state.get().open)); focus(); },
    close: () => set(null),
    digits() { isExact = !isExact; render(); },
    step(by) {
      const { open } = state.get();
      set({ ...open, map: (open.map + by + spec().shape[0]) % spec().shape[0] });
    },
  });
  const { root } = frame;

  const retry = createRetry({ onUnavailable: () => failed(new ServerUnavailable()) });
  const latest = createLatestOnly({
    gap: GAP,
    send: ({ layer, map }, signal) => retry.run(() => page.ask("api/explain", { layer, map }, signal), { signal }),
    done(answer, { layer, map }) {
      const { open } = state.get();
      if (!open || open.layer !== layer || open.map !== map) return;
      told = answer && decodeExplanation(answer);
      say(answer ? "" : t("explain.empty"));
      render();
    },
    failed,
  });

  // Whether what is shown is of the map that is open.
  function fits() {
    const { open } = state.get();
    return told !== null && told.model === page.model()?.name && told.layer === open?.layer && told.map === open.map;
  }

  function failed(error) {
    say(errorText(error).detail);
    if (fits()) return;
    told = null;
    render();
  }

  function say(text) {
    frame.message.textContent = text;
    frame.message.hidden = text === "";
  }

  // What the views may know and do.
  const context = (kind) => ({
    kind, getTheme, write, layers,
    isExact: () => isExact,
    isDrawing: () => state.get().stroke !== null,
    open(layer, map, cell = null) { set({ layer, map, cell }); focus(); },
    openCell(cell) {
      const moved = state.get().open.cell !== null;
      set({ ...state.get().open, cell });
      if (!moved) focus();
    },
    point(cell, layer = told?.layer, map = told?.map) { // nothing is told any more where the pad was cleared
      state.set({ pointed: cell && layer !== "normalize" ? { layer, map, cell } : null });
    },
  });

  function build(open) {
    const level = isList(spec()) ? "unit" : open.cell ? "cell" : "map";
    const key = `${level} ${told.kind}`;
    if (key === made) return;
    const hadFocus = root.contains(document.activeElement);
    made = key;
    view = { unit: createUnitView, cell: createCellView, map: createMapView }[level](context(told.kind));
    frame.body.replaceChildren(view.root);
    frame.body.scrollTop = 0;
    if (hadFocus) focus();
  }

  function render() {
    const { open } = state.get();
    root.hidden = !open;
    if (!open || !page.model()) return;
    const name = nameOf(layers(), open.layer, open.map);
    frame.crumb.textContent = name;
    frame.crumb.disabled = !open.cell;
    frame.place.textContent = open.cell ? cellName(open.cell) : "";
    frame.digits.setAttribute("aria-pressed", String(isExact));
    frame.body.hidden = !told;
    if (!fits()) return;
    build(open);
    view.root.dataset.layer = open.layer;
    view.show(told, open.cell);
    mark();
  }

  // What depends on the pixel that is pointed at.
  function mark() {
    const { pixel } = state.get();
    const at = pixel && told ? layers().findIndex(({ name }) => name === told.layer) : -1;
    view?.mark(at < 0 ? null : dependingOn(layers(), pixel)[at]);
  }

  function focus() {
    if (view && !frame.body.hidden && told?.layer === state.get().open?.layer) view.focus();
    else root.focus({ preventScroll: true });
  }

  function ask() {
    const { open, panel } = state.get();
    if (open && panel === null && page.model()) latest.ask({ layer: open.layer, map: open.map });
  }

  const mapOf = (open) => open && formatOpen({ ...open, cell: null });

  state.subscribe((now, before) => {
    if (now.answer !== before.answer && (now.answer === null || now.answer.layers)) ask();
    else if (now.panel !== before.panel) ask();
    if (now.pixel !== before.pixel) mark();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault(); // it has done its work here
    set(parentOf(state.get().open));
    if (state.get().open) focus();
  });
  host.append(root);

  let shown = null;
  return {
    root,
    focus() {
      focus();
      // Where the layers begin low, the drawer could not rise to the window's foot by itself.
      if (root.getBoundingClientRect().bottom > innerHeight) root.scrollIntoView({ block: "end" });
    },
    paint: render,
    // The state's `open` is another one.
    show(open) {
      if (mapOf(open) !== mapOf(shown)) {
        latest.cancel();
        ask();
      }
      shown = open;
      render();
    },
  };
}
