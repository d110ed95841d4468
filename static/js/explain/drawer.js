// Shows the drawer that explains the open map, number or cell, and keeps it up to date while a stroke is drawn.
import { ServerUnavailable } from "../api/client.js";
import { t } from "../lib/i18n.js";
import { createLatestOnly } from "../lib/latest-only.js";
import { button, make } from "../lib/dom.js";
import { formatOpen, parentOf } from "../app/open-cell.js";
import { createRetry } from "../api/retry.js";
import { errorText } from "../api/error-text.js";
import { projectiveField } from "../network/receptive-field.js";
import { createCellView } from "./cell-view.js";
import { createMapView } from "./map-view.js";
import { cellName, isVector, mapName } from "./labels.js";
import { decodeExplanation, formatExact, formatShort } from "./explanation.js";
import { createUnitView } from "./unit-view.js";

const REQUEST_GAP_MS = 250;

const CROSS_ICON = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m5 5 10 10M15 5 5 15"/></svg>';

const PREVIOUS_ICON = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m12 4-6 6 6 6"/></svg>';
const NEXT_ICON = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m8 4 6 6-6 6"/></svg>';

function iconButton(icon, label, onClick) {
  const element = button("quiet", { title: label, "aria-label": label }, onClick);
  element.innerHTML = icon;
  return element;
}

function createFrame(actions) {
  const title = make("h2", { id: "drawer-title" });
  const crumb = button("crumb", {}, actions.up);
  const place = make("span.place");
  const digits = button("digits", { "aria-pressed": "false" }, actions.toggleExact, t("explain.digits"));
  const steps = [
    iconButton(PREVIOUS_ICON, t("explain.previous"), () => actions.step(-1)),
    iconButton(NEXT_ICON, t("explain.next"), () => actions.step(1)),
  ];
  const close = iconButton(CROSS_ICON, t("explain.close"), actions.close);
  const body = make("div.drawer-body");
  const message = make("p.message", { role: "status" });
  title.append(crumb, place);
  const root = make("section", { id: "drawer", "aria-labelledby": "drawer-title", tabindex: -1 },
    make("header", {}, title, ...steps, digits, close), message, body);
  return { root, crumb, place, digits, message, body };
}

export function createDrawer(host, context) {
  const { state, getTheme } = context;
  let isExact = false;
  let explanation = null; // the latest one; it may be of a map that was open before
  let view = null;
  let builtFor = ""; // level and kind that the view was built for
  const layers = () => context.model().layers;
  const spec = () => layers().find(({ name }) => name === state.get().open?.layer);
  const format = (value) => (isExact ? formatExact(value) : formatShort(value));
  const set = (open) => state.set({ open, pointed: null });
  const frame = createFrame({
    up: () => { set(parentOf(state.get().open)); focus(); },
    close: () => set(null),
    toggleExact() { isExact = !isExact; render(); },
    step(by) {
      const { open } = state.get();
      set({ ...open, map: (open.map + by + spec().shape[0]) % spec().shape[0] });
    },
  });
  const { root } = frame;

  const retry = createRetry({ onUnavailable: () => failed(new ServerUnavailable()) });
  const latest = createLatestOnly({
    gap: REQUEST_GAP_MS,
    send: ({ layer, map }, signal) => retry.run(() => context.ask("api/explain", { layer, map }, signal), { signal }),
    done(answer, { layer, map }) {
      const { open } = state.get();
      if (!open || open.layer !== layer || open.map !== map) return;
      explanation = answer && decodeExplanation(answer);
      showMessage(answer ? "" : t("explain.empty"));
      render();
    },
    failed,
  });

  // True if the explanation is that of the open map.
  function isCurrent() {
    const { open } = state.get();
    return explanation !== null && explanation.model === context.model()?.name
      && explanation.layer === open?.layer && explanation.map === open.map;
  }

  function failed(error) {
    showMessage(errorText(error).detail);
    if (isCurrent()) return;
    explanation = null;
    render();
  }

  function showMessage(text) {
    frame.message.textContent = text;
    frame.message.hidden = text === "";
  }

  // What a view gets.
  const viewContext = (kind) => ({
    kind, getTheme, format, layers,
    isExact: () => isExact,
    isDrawing: () => state.get().stroke !== null,
    open(layer, map, cell = null) { set({ layer, map, cell }); focus(); },
    openCell(cell) {
      const { open } = state.get();
      set({ ...open, cell });
      if (open.cell === null) focus();
    },
    point(cell, layer = explanation?.layer, map = explanation?.map) { // no explanation after the pad was cleared
      state.set({ pointed: cell && layer !== "normalize" ? { layer, map, cell } : null });
    },
  });

  function build(open) {
    const level = isVector(spec()) ? "unit" : open.cell ? "cell" : "map";
    const key = `${level} ${explanation.kind}`;
    if (key === builtFor) return;
    const hadFocus = root.contains(document.activeElement);
    builtFor = key;
    view = { unit: createUnitView, cell: createCellView, map: createMapView }[level](viewContext(explanation.kind));
    frame.body.replaceChildren(view.root);
    frame.body.scrollTop = 0;
    if (hadFocus) focus();
  }

  function render() {
    const { open } = state.get();
    root.hidden = !open;
    if (!open || !context.model()) return;
    frame.crumb.textContent = mapName(layers(), open.layer, open.map);
    frame.crumb.disabled = !open.cell;
    frame.place.textContent = open.cell ? cellName(open.cell) : "";
    frame.digits.setAttribute("aria-pressed", String(isExact));
    frame.body.hidden = !explanation;
    if (!isCurrent()) return;
    build(open);
    view.root.dataset.layer = open.layer;
    view.show(explanation, open.cell);
    mark();
  }

  // Marks the cells that depend on the hovered pixel.
  function mark() {
    const { pixel } = state.get();
    const at = pixel && explanation ? layers().findIndex(({ name }) => name === explanation.layer) : -1;
    view?.mark(at < 0 ? null : projectiveField(layers(), pixel)[at]);
  }

  function focus() {
    if (view && !frame.body.hidden && explanation?.layer === state.get().open?.layer) view.focus();
    else root.focus({ preventScroll: true });
  }

  function ask() {
    const { open, panel } = state.get();
    if (open && panel === null && context.model()) latest.ask({ layer: open.layer, map: open.map });
  }

  const mapKey = (open) => open && formatOpen({ ...open, cell: null });

  state.subscribe((now, before) => {
    if (now.answer !== before.answer && (now.answer === null || now.answer.layers)) ask();
    else if (now.panel !== before.panel) ask();
    if (now.pixel !== before.pixel) mark();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault(); // handled here; other listeners of Escape must not react
    set(parentOf(state.get().open));
    if (state.get().open) focus();
  });
  host.append(root);

  let shown = null;
  return {
    root,
    focus() {
      focus();
      // The drawer sticks to the bottom of the window, except where the layers begin below it.
      if (root.getBoundingClientRect().bottom > innerHeight) root.scrollIntoView({ block: "end" });
    },
    paint: render,
    // Shows the map, number or cell that `open` names; null hides the drawer.
    show(open) {
      if (mapKey(open) !== mapKey(shown)) {
        latest.cancel();
        ask();
      }
      shown = open;
      render();
    },
  };
}
