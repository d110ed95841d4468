// A map: large, and beside it how it was made.
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { button, resizeChildren, make } from "../lib/dom.js";
import { createBigMap } from "./big-map.js";
import { nameOf } from "./labels.js";
import { figure, paintMap } from "./map-painting.js";
import { contributions, ranked } from "./layer-math.js";

const size = (values) => values.map((n) => String(n)).join(" × ");

// What is said of each kind of layer; `told` is what the server sends, see /api/explain.
const SAID = {
  conv: ({ input, window, kind }) => t(input.layer === "normalize" ? "explain.made.first" : "explain.made.conv", {
    n: input.shape[0], below: input.layer, side: size([window.side, window.side]), kind,
  }),
  batchnorm: () => t("explain.made.batchnorm"),
  relu: ({ input }) => t("explain.made.relu", {
    n: input.values.filter((value) => value < 0).length, all: input.values.length,
  }),
  pool: ({ window, input, output }) => t("explain.made.pool", {
    side: size([window.side, window.side]), before: size(input.shape.slice(1)), after: size(output.shape),
  }),
  dropout: ({ rate }) => t("explain.made.dropout", { percent: Math.round(100 * rate) }),
};

function numbersOfNorm(norm, write) {
  return ["mean", "variance", "epsilon", "weight", "bias"].map((name) =>
    make("div", {}, make("dt", {}, t(`explain.norm.${name}`)), make("dd", {}, name === "epsilon" ? String(norm[name]) : write(norm[name]))));
}

// The way of the map: what came in or their sum, the bias, the map, and the layers behind.
function createWay({ getTheme, go }) {
  const root = make("div.way");
  let made = "";
  // [{ layer or null, caption, values, shape }]
  return {
    root,
    show(stations) {
      const key = stations.map(({ layer, caption }) => `${layer} ${caption}`).join();
      if (key !== made) root.replaceChildren(...stations.map(({ layer, caption }) => {
        const shown = figure("tile", caption);
        return layer ? button("station", { title: t("explain.open", { name: caption }) }, () => go(layer), shown.root) : shown.root;
      }));
      made = key;
      root.querySelectorAll("canvas").forEach((canvas, i) => {
        const { values, shape } = stations[i];
        paintMap(canvas, values, shape, maxAbsolute(values), getTheme());
      });
    },
  };
}

// input map × kernel = contribution, for every map that comes in.
function createContributions({ getTheme, isDrawing, open, layers }) {
  const list = make("ol.contributions");
  let order = [];
  return {
    root: list,
    show(told) {
      const parts = contributions(told);
      const [, height, width] = told.input.shape;
      const { side } = told.window;
      const limits = [
        maxAbsolute(told.input.values), maxAbsolute(told.weights.values), maxAbsolute(parts.map(({ values }) => maxAbsolute(values))),
      ];
      if (!isDrawing() || order.length !== parts.length) order = ranked(parts, ({ strength }) => strength);
      resizeChildren(list, parts.length, () => make("li", {},
        make("span", {}, make("canvas"), make("i", {}, "×"), make("canvas.kernel"), make("i", {}, "="), make("canvas")),
        button("from", {}, (event) => open(told.input.layer, Number(event.currentTarget.dataset.map)))))
        .forEach((item, i) => {
          const { map, values } = parts[order[i]];
          const [source, kernel, result] = item.querySelectorAll("canvas");
          const of = (all, n) => all.subarray(map * n, (map + 1) * n);
          paintMap(source, of(told.input.values, height * width), [height, width], limits[0], getTheme());
          paintMap(kernel, of(told.weights.values, side * side), [side, side], limits[1], getTheme());
          paintMap(result, values, told.output.shape, limits[2], getTheme());
          item.lastChild.dataset.map = map;
          item.lastChild.disabled = told.input.layer === "normalize";
          item.lastChild.textContent = nameOf(layers(), told.input.layer, map);
        });
      return parts;
    },
  };
}

export function createMapView(context) {
  const { getTheme, write, layers, open, openCell, point } = context;
  let told = null;
  const big = createBigMap({ onPoint: point, onOpen: openCell, getTheme, write, walking: false });
  const said = make("p.said");
  const norm = make("div.norm", {}, make("p", {}, t("explain.norm.formula")), make("dl"));
  const way = createWay({ getTheme, go: (layer) => open(layer, layer === told.input.layer ? told.input.first : told.map) });
  const heading = make("h3");
  const list = createContributions(context);
  const root = make("div.view.map", {},
    make("div.stage", {}, big.root, make("p.hint", {}, t("explain.hint"))),
    make("div.making", {}, said, norm, way.root, heading, list.root));

  function stations(parts) {
    const { output, bias, after, layer } = told;
    const shape = output.shape;
    const behind = after.map((step) => ({ layer: step.layer, caption: step.layer, values: step.values, shape }));
    const own = { layer: null, caption: layer, values: output.values, shape };
    if (!parts) {
      const { input } = told;
      return [{ layer: input.layer, caption: input.layer, values: input.values, shape: input.shape.slice(1) }, own, ...behind];
    }
    if (bias === null) {
      return [{ ...own, caption: parts.length > 1 ? t("explain.sumIs", { n: parts.length, layer }) : layer }, ...behind];
    }
    const all = Float64Array.from(output.values, (value) => value - bias);
    return [{ layer: null, caption: t(parts.length > 1 ? "explain.sumTile" : "explain.sumOne", { n: parts.length }), values: all, shape },
      { ...own, caption: t("explain.biasTile", { bias: write(bias), layer }) }, ...behind];
  }

  return {
    root,
    focus: big.focus,
    mark: big.mark,
    show(next) {
      told = next;
      const { kind, output } = told;
      big.show({
        values: output.values, shape: output.shape, limit: maxAbsolute(output.values), cell: null,
        label: t("explain.mapLabel", { name: nameOf(layers(), told.layer, told.map) }),
      });
      said.textContent = SAID[kind](told);
      norm.hidden = !told.norm;
      if (told.norm) norm.lastChild.replaceChildren(...numbersOfNorm(told.norm, write));
      const parts = kind === "conv" ? list.show(told) : null;
      list.root.hidden = heading.hidden = kind !== "conv";
      heading.textContent = t(parts?.length > 1 ? "explain.contributions" : "explain.contribution");
      way.show(stations(parts));
    },
  };
}
