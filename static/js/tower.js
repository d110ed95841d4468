// All layers of the chosen network, block by block, and the ways to look at one of their maps: hover, tap, arrow keys.
import { createLayer } from "./layer.js";
import { blocks } from "./words.js";

const PICTURE = [1, 28, 28];

// Hovering shows a map and leaving hides it; a tap or the keyboard keeps it until Escape or a tap elsewhere.
function attachLooking(layer, zoom) {
  const { maps } = layer;
  let at = -1;
  const look = (i) => {
    at = i;
    if (i < 0) zoom.hide();
    else layer.enlarge(i);
  };
  maps.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch" && layer.indexUnder(event) !== at) look(layer.indexUnder(event));
  });
  maps.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") look(-1); });
  maps.addEventListener("click", (event) => look(layer.indexUnder(event)));
  maps.addEventListener("scroll", () => look(-1));
  maps.addEventListener("focus", () => { if (maps.matches(":focus-visible")) look(Math.max(0, at)); });
  maps.addEventListener("blur", () => look(-1));
  maps.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layer.columns, ArrowDown: layer.columns }[event.key];
    if (event.key === "Escape" && at >= 0) {
      event.preventDefault(); // it has done its work here
      look(-1);
    }
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Math.max(0, at) + step;
    if (next >= 0 && next < layer.count) look(next);
  });
}

export function createTower(root, { zoom, getTheme, narrow }) {
  let layers = new Map();

  const layOutOne = (layer) => {
    const width = layer.maps.clientWidth;
    if (width > 0) layer.layOut(width, narrow.matches);
  };
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const layer = layers.get(target.closest(".layer").dataset.layer);
      if (layer && layer.width !== target.clientWidth) {
        layer.width = target.clientWidth; // heights change with the maps themselves: only a new width counts
        layOutOne(layer);
      }
    }
  });
  narrow.addEventListener("change", () => layers.forEach(layOutOne));

  return {
    // The empty places of a network's layers.
    build(model) {
      sizes.disconnect();
      zoom.hide();
      layers = new Map();
      let before = PICTURE;
      root.replaceChildren(...blocks(model.layers).map((group) => {
        const block = document.createElement("div");
        block.className = "block";
        for (const spec of group) {
          const layer = createLayer({ ...spec, temperature: model.temperature }, before, { zoom, getTheme });
          before = spec.shape;
          layers.set(spec.name, layer);
          attachLooking(layer, zoom);
          block.append(layer.root);
        }
        return block;
      }));
      layers.forEach((layer) => sizes.observe(layer.maps));
    },
    update(answers) {
      for (const answer of answers) layers.get(answer.name)?.update(answer);
    },
    clear() { layers.forEach((layer) => layer.update(null)); },
    paint() { layers.forEach((layer) => layer.paint()); },
  };
}
