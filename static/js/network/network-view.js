// Shows all layers of the chosen network, block by block. A wide view has a column for each layer and a closeup of the
// chosen one below; a narrow view has a row of maps to swipe for each layer.
import { createLayerCloseup } from "./layer-closeup.js";
import { cellGrid, fitGrid, stripGrid, tenGrid } from "../lib/grid-layout.js";
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { createLayerView } from "./layer-view.js";
import { attachMapNavigation, withLayerName } from "./map-navigation.js";
import { createFrameScheduler } from "../lib/frame-scheduler.js";
import { groupIntoBlocks, OUTPUT_LAYERS } from "./layer-text.js";

const INPUT_SHAPE = [1, 28, 28];
const MIN_COLUMNS_WIDTH_PX = 560; // in a narrower view, columns of a deep network could not be told apart
const VECTOR_HEIGHT_PX = 104; // in a row; about the height of a row of maps
const MAX_COLUMN_MAP_PX = 48;
const MAX_COLUMN_CELL_PX = 18; // a single number

const columnPlan = (layer) => ({ count, height, width }, across, down, ratio) => {
  if (OUTPUT_LAYERS.has(layer.spec.name)) return tenGrid(Math.min(across, MAX_COLUMN_MAP_PX * ratio), down, ratio);
  const most = (height === 1 ? MAX_COLUMN_CELL_PX : MAX_COLUMN_MAP_PX) * ratio;
  return fitGrid(count, height, width, { across, down, most }, ratio);
};

const rowPlan = ({ count, height, width }, across, _down, ratio) => (height === 1
  ? cellGrid(count, across, VECTOR_HEIGHT_PX * ratio, ratio) : stripGrid(count, height, width, ratio));

// Paints layers a few at a time, and only those near the window; the others are painted when they are scrolled into
// view.
function createVisiblePainter({ paint, findLayer, isShown }) {
  const scheduler = createFrameScheduler(paint);

  function request(layer) {
    layer.stale = !layer.inView && !isShown(layer);
    if (!layer.stale) scheduler.schedule(layer);
  }

  const observer = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
    const layer = findLayer(target.closest(".layer").dataset.layer);
    if (!layer) return;
    layer.inView = isIntersecting;
    if (isIntersecting && layer.stale) request(layer);
  }), { rootMargin: "50%" });

  return {
    request,
    observe: (layer) => observer.observe(layer.maps),
    reset() {
      observer.disconnect();
      scheduler.clear();
    },
  };
}

// `onOpen(layer, map)` and `onPoint({ layer, map, cell } or null)` may be missing; see map-navigation.js.
export function createNetworkView(root, context, { tooltip, onOpen, onPoint }) {
  const { state, colorOptions } = context;
  const strip = root.querySelector(".strip");
  const closeup = createLayerCloseup(root.querySelector(".closeup"), { tooltip, onOpen, onPoint });
  const scale = root.querySelector("#scale");
  let layers = new Map(); // name → layer view
  let hovered = null;
  let outlined = {}; // name → region
  let laidOutSize = "";

  const painter = createVisiblePainter({
    paint(layer) {
      layer.paint();
      if (layer === closeup.layer) closeup.paint();
    },
    findLayer: (name) => layers.get(name),
    isShown: (layer) => layer === closeup.layer,
  });

  // The layer of the open map, else the one that was chosen, else the first.
  function chosen() {
    const { open, layer } = state.get();
    return layers.get(open?.layer) ?? layers.get(layer) ?? layers.values().next().value;
  }

  const hasColumns = () => root.classList.contains("across");

  // Describes the hovered layer, else the chosen one, and shows it in the closeup.
  function show() {
    if (layers.size === 0) return;
    const shown = hovered ?? chosen();
    layers.forEach((layer) => {
      layer.root.classList.toggle("shown", layer === shown);
      if (!hasColumns()) return;
      layer.maps.setAttribute("aria-checked", String(layer === chosen()));
      layer.maps.tabIndex = layer === chosen() ? 0 : -1;
    });
    if (!hasColumns()) return;
    if (shown.stale) shown.paint();
    closeup.show(shown);
    closeup.outline(outlined[shown.spec.name] ?? null);
  }

  function hover(layer) {
    if (layer === hovered) return;
    hovered = layer;
    show();
  }

  function choose(layer) {
    state.set({ layer: layer === layers.values().next().value ? null : layer.spec.name, open: null });
  }

  // Columns are radio buttons; a row is a slider over its maps.
  function setRoles() {
    strip.setAttribute("role", hasColumns() ? "radiogroup" : "group");
    for (const { maps, count } of layers.values()) {
      const slider = { "aria-valuemin": 1, "aria-valuemax": count, "aria-valuenow": 1 };
      for (const [name, value] of Object.entries(slider)) {
        if (hasColumns()) maps.removeAttribute(name);
        else maps.setAttribute(name, value);
      }
      maps.removeAttribute("aria-valuetext");
      maps.removeAttribute("aria-checked");
      maps.setAttribute("role", hasColumns() ? "radio" : "slider");
      maps.tabIndex = 0;
    }
  }

  function layOut() {
    const across = root.clientWidth >= MIN_COLUMNS_WIDTH_PX;
    const size = across ? `${strip.clientWidth} ${strip.clientHeight}` : `${strip.clientWidth}`;
    if (root.clientWidth === 0 || size === laidOutSize) return;
    root.classList.toggle("across", across);
    laidOutSize = size;
    setRoles();
    layers.forEach((layer) => layer.layOut(across ? columnPlan(layer) : rowPlan));
    show();
    closeup.layOut();
  }
  new ResizeObserver(layOut).observe(strip);

  // A column is chosen as a whole; its single maps are reached in the closeup.
  function attachColumn(layer) {
    const { root: column, maps } = layer;
    // Not pointerenter, which also fires when the page scrolls under a resting pointer.
    column.addEventListener("pointermove", () => hover(layer));
    column.addEventListener("pointerleave", () => hover(null));
    column.addEventListener("click", () => { if (hasColumns()) choose(layer); });
    maps.addEventListener("keydown", (event) => {
      if (!hasColumns() || hasModifier(event)) return;
      const all = [...layers.values()];
      const [down, across] = arrowStep(event.key) ?? [0, 0];
      const step = down + across;
      if (step !== 0) {
        event.preventDefault();
        const next = all[(all.indexOf(layer) + step + all.length) % all.length];
        choose(next);
        next.maps.focus();
      } else if (event.key === "Enter") closeup.element.focus();
    });
  }

  function add(spec, temperature, inputShape) {
    const layer = createLayerView({ ...spec, temperature }, inputShape, { tooltip, colorOptions });
    layers.set(spec.name, layer);
    attachMapNavigation(layer.maps, layer, {
      tooltip, canWalk: () => !hasColumns(), ...withLayerName(() => spec.name, { onOpen, onPoint }),
    });
    attachColumn(layer);
    return layer.root;
  }

  scale.addEventListener("change", () => state.set({ scale: scale.checked ? "map" : "layer" }));
  scale.checked = state.get().scale === "map";
  state.subscribe((now, before) => {
    if (now.layer !== before.layer || now.open?.layer !== before.open?.layer) show();
    if (now.scale === before.scale) return;
    scale.checked = now.scale === "map";
    layers.forEach(painter.request);
  });

  return {
    // Builds the empty layers of a network.
    build(model) {
      painter.reset();
      tooltip.hide();
      layers = new Map();
      hovered = null;
      let inputShape = INPUT_SHAPE;
      strip.querySelectorAll(".block").forEach((block) => block.remove());
      strip.append(...groupIntoBlocks(model.layers).map((group) => {
        const block = document.createElement("div");
        block.className = "block";
        block.style.setProperty("--layers", group.length);
        for (const spec of group) {
          block.append(add(spec, model.temperature, inputShape));
          inputShape = spec.shape;
        }
        return block;
      }));
      layers.forEach(painter.observe);
      laidOutSize = "";
      layOut();
    },
    // `activations`: layers of /api/predict.
    update(activations) {
      for (const each of activations) layers.get(each.name)?.update(each);
      layers.forEach(painter.request);
    },
    clear() {
      layers.forEach((layer) => { layer.update(null); painter.request(layer); });
    },
    // Outlines a region in each layer; `regions`: { name: region }.
    outline(regions) {
      outlined = regions;
      layers.forEach((layer, name) => layer.outline(outlined[name] ?? null));
      closeup.outline(outlined[closeup.layer?.spec.name] ?? null);
    },
    paint() { layers.forEach((layer) => layer.paint()); closeup.paint(); },
  };
}
