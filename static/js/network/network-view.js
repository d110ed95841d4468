// All layers of the chosen network, block by block. Where there is room they stand side by side, one column of maps each,
// and the chosen one is shown large below; else they lie one below the other, each a row to swipe.
import { createCloseup } from "./layer-closeup.js";
import { cellGrid, fitGrid, stripGrid, tenGrid } from "../lib/grid-layout.js";
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { createLayer, hasMarks } from "./layer-view.js";
import { attachLooking, named } from "./map-navigation.js";
import { createFrameScheduler } from "../lib/frame-scheduler.js";
import { blocks } from "./layer-text.js";

const PICTURE = [1, 28, 28];
const ROOM = 560; // px: narrower, and the columns of the deepest network could not be told apart
const CELLS_TALL = 104; // px: about the height of a row of maps
const LARGEST = 48; // px, of a map in its column
const LARGEST_CELL = 18;

const columnPlan = (layer) => ({ count, height, width }, across, down, ratio) => {
  if (hasMarks(layer.spec)) return tenGrid(Math.min(across, LARGEST * ratio), down, ratio);
  return fitGrid(count, height, width, { across, down, most: (height === 1 ? LARGEST_CELL : LARGEST) * ratio }, ratio);
};

const rowPlan = ({ count, height, width }, across, _down, ratio) => (height === 1
  ? cellGrid(count, across, CELLS_TALL * ratio, ratio) : stripGrid(count, height, width, ratio));

// `onOpen` and `onPoint`, which may be missing, hear of maps that are opened and of cells that are pointed at: see looking.js.
export function createTower(root, page, { zoom, onOpen, onPoint }) {
  const { state, colorOptions } = page;
  const strip = root.querySelector(".strip");
  const closeup = createCloseup(root.querySelector(".closeup"), { zoom, onOpen, onPoint });
  const scale = root.querySelector("#scale");
  let layers = new Map();
  let pointed = null; // the layer under the pointer
  let marks = {};
  let laidOut = "";

  // What is open in the drawer is what the large view shows.
  const chosen = () => layers.get(state.get().open?.layer) ?? layers.get(state.get().layer) ?? layers.values().next().value;
  const isAcross = () => root.classList.contains("across");

  const turns = createFrameScheduler((layer) => {
    layer.paint();
    if (layer === closeup.layer) closeup.paint();
  });
  const inView = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
    const layer = layers.get(target.closest(".layer").dataset.layer);
    if (!layer) return;
    layer.inView = isIntersecting;
    if (isIntersecting && layer.stale) ask(layer);
  }), { rootMargin: "50%" });

  function ask(layer) {
    layer.stale = !layer.inView && layer !== closeup.layer;
    if (!layer.stale) turns.schedule(layer);
  }

  // The layer that is told about: the one under the pointer, else the chosen one.
  function show() {
    if (layers.size === 0) return;
    const shown = pointed ?? chosen();
    layers.forEach((layer) => {
      layer.root.classList.toggle("shown", layer === shown);
      if (!isAcross()) return;
      layer.maps.setAttribute("aria-checked", String(layer === chosen()));
      layer.maps.tabIndex = layer === chosen() ? 0 : -1;
    });
    if (!isAcross()) return;
    if (shown.stale) shown.paint();
    closeup.show(shown);
    closeup.mark(marks[shown.spec.name] ?? null);
  }

  function point(layer) {
    if (layer === pointed) return;
    pointed = layer;
    show();
  }

  function choose(layer) {
    state.set({ layer: layer === layers.values().next().value ? null : layer.spec.name, open: null });
  }

  // Side by side a layer is one of many to choose from; else a row of maps to walk along.
  function setRoles() {
    strip.setAttribute("role", isAcross() ? "radiogroup" : "group");
    for (const { maps, count } of layers.values()) {
      const slider = { "aria-valuemin": 1, "aria-valuemax": count, "aria-valuenow": 1 };
      for (const [name, value] of Object.entries(slider)) {
        if (isAcross()) maps.removeAttribute(name);
        else maps.setAttribute(name, value);
      }
      maps.removeAttribute("aria-valuetext");
      maps.removeAttribute("aria-checked");
      maps.setAttribute("role", isAcross() ? "radio" : "slider");
      maps.tabIndex = 0;
    }
  }

  function layOut() {
    const across = root.clientWidth >= ROOM;
    const size = across ? `${strip.clientWidth} ${strip.clientHeight}` : `${strip.clientWidth}`;
    if (root.clientWidth === 0 || size === laidOut) return;
    root.classList.toggle("across", across);
    laidOut = size;
    setRoles();
    layers.forEach((layer) => layer.layOut(across ? columnPlan(layer) : rowPlan));
    show();
    closeup.layOut();
  }
  new ResizeObserver(layOut).observe(strip);

  // A column is chosen as a whole; its maps are walked along in the large view.
  function attachColumn(layer) {
    const { root: column, maps } = layer;
    // Not pointerenter: that comes, too, when the page is scrolled under a pointer that rests.
    column.addEventListener("pointermove", () => point(layer));
    column.addEventListener("pointerleave", () => point(null));
    column.addEventListener("click", () => { if (isAcross()) choose(layer); });
    maps.addEventListener("keydown", (event) => {
      if (!isAcross() || hasModifier(event)) return;
      const all = [...layers.values()];
      const [down, right] = arrowStep(event.key) ?? [0, 0];
      const step = down + right;
      if (step) {
        event.preventDefault();
        const next = all[(all.indexOf(layer) + step + all.length) % all.length];
        choose(next);
        next.maps.focus();
      } else if (event.key === "Enter") closeup.element.focus();
    });
  }

  function add(spec, temperature, before) {
    const layer = createLayer({ ...spec, temperature }, before, { zoom, colorOptions });
    layers.set(spec.name, layer);
    attachLooking(layer.maps, layer, { zoom, canWalk: () => !isAcross(), ...named(() => spec.name, { onOpen, onPoint }) });
    attachColumn(layer);
    return layer.root;
  }

  scale.addEventListener("change", () => state.set({ scale: scale.checked ? "map" : "layer" }));
  scale.checked = state.get().scale === "map";
  state.subscribe((now, before) => {
    if (now.layer !== before.layer || now.open?.layer !== before.open?.layer) show();
    if (now.scale === before.scale) return;
    scale.checked = now.scale === "map";
    layers.forEach(ask);
  });

  return {
    // The empty places of a network's layers.
    build(model) {
      inView.disconnect();
      turns.clear();
      zoom.hide();
      layers = new Map();
      pointed = null;
      let before = PICTURE;
      strip.querySelectorAll(".block").forEach((block) => block.remove());
      strip.append(...blocks(model.layers).map((group) => {
        const block = document.createElement("div");
        block.className = "block";
        block.style.setProperty("--layers", group.length);
        for (const spec of group) {
          block.append(add(spec, model.temperature, before));
          before = spec.shape;
        }
        return block;
      }));
      layers.forEach((layer) => inView.observe(layer.maps));
      laidOut = "";
      layOut();
    },
    update(answers) {
      for (const answer of answers) layers.get(answer.name)?.update(answer);
      layers.forEach(ask);
    },
    clear() {
      layers.forEach((layer) => { layer.update(null); ask(layer); });
    },
    // Outlines regions in the layers: name → region; a layer without one shows none.
    mark(regions) {
      marks = regions;
      layers.forEach((layer, name) => layer.mark(marks[name] ?? null));
      closeup.mark(marks[closeup.layer?.spec.name] ?? null);
    },
    paint() { layers.forEach((layer) => layer.paint()); closeup.paint(); },
  };
}
