// Explains one map: shows it large, with the maps and kernels that it is computed from and the layers that follow.
import { paintSignedValues } from "../lib/canvas-painting.js";
import { maxAbsolute } from "../lib/colormap.js";
import { t } from "../lib/i18n.js";
import { button, make, resizeChildren } from "../lib/dom.js";
import { createBigMap } from "./big-map.js";
import { mapName } from "./labels.js";
import { createFigure } from "./map-painting.js";
import { mapContributions, rankByStrength } from "./layer-math.js";

const times = (sizes) => sizes.map(String).join(" × ");

// For each kind of layer: the sentence about an explanation of /api/explain.
const SENTENCES = {
  conv: ({ input, window, kind }) => t(input.layer === "normalize" ? "explain.made.first" : "explain.made.conv", {
    n: input.shape[0], below: input.layer, side: times([window.side, window.side]), kind,
  }),
  batchnorm: () => t("explain.made.batchnorm"),
  relu: ({ input }) => t("explain.made.relu", {
    n: input.values.filter((value) => value < 0).length, all: input.values.length,
  }),
  pool: ({ window, input, output }) => t("explain.made.pool", {
    side: times([window.side, window.side]), before: times(input.shape.slice(1)), after: times(output.shape),
  }),
  dropout: ({ rate }) => t("explain.made.dropout", { percent: Math.round(100 * rate) }),
};

function batchNormNumbers(norm, format) {
  return ["mean", "variance", "epsilon", "weight", "bias"].map((name) => {
    const text = name === "epsilon" ? String(norm[name]) : format(norm[name]);
    return make("div", {}, make("dt", {}, t(`explain.norm.${name}`)), make("dd", {}, text));
  });
}

// The steps of the computation as small maps: the input or the sum, the map itself, the following layers.
function createSteps({ getTheme, onOpen }) {
  const root = make("div.way");
  let builtFor = "";
  return {
    root,
    // `steps`: [{ layer, caption, values, shape }]; a step whose `layer` is not null is a button that opens it.
    show(steps) {
      const key = steps.map(({ layer, caption }) => `${layer} ${caption}`).join();
      if (key !== builtFor) root.replaceChildren(...steps.map(({ layer, caption }) => {
        const figure = createFigure("tile", caption);
        if (!layer) return figure.root;
        return button("station", { title: t("explain.open", { name: caption }) }, () => onOpen(layer), figure.root);
      }));
      builtFor = key;
      root.querySelectorAll("canvas").forEach((canvas, i) => {
        const { values, shape } = steps[i];
        paintSignedValues(canvas, values, shape, maxAbsolute(values), getTheme());
      });
    },
  };
}

function stepsOf({ input, output, bias, after, layer }, parts, format) {
  const { shape } = output;
  const following = after.map((step) => ({ layer: step.layer, caption: step.layer, values: step.values, shape }));
  const mapStep = { layer: null, caption: layer, values: output.values, shape };
  if (!parts) {
    const inputStep = { layer: input.layer, caption: input.layer, values: input.values, shape: input.shape.slice(1) };
    return [inputStep, mapStep, ...following];
  }
  const n = parts.length;
  if (bias === null) return [{ ...mapStep, caption: n > 1 ? t("explain.sumIs", { n, layer }) : layer }, ...following];
  const sum = Float64Array.from(output.values, (value) => value - bias);
  return [
    { layer: null, caption: t(n > 1 ? "explain.sumTile" : "explain.sumOne", { n }), values: sum, shape },
    { ...mapStep, caption: t("explain.biasTile", { bias: format(bias), layer }) }, ...following,
  ];
}

// A line for each input map, strongest first: input × kernel = contribution.
function createContributions({ getTheme, isDrawing, open, layers }) {
  const list = make("ol.contributions");
  let inputLayer = "";
  let order = [];

  const createLine = () => make("li", {},
    make("span", {}, make("canvas"), make("i", {}, "×"), make("canvas.kernel"), make("i", {}, "="), make("canvas")),
    button("from", {}, (event) => open(inputLayer, Number(event.currentTarget.dataset.map))));

  return {
    root: list,
    // Returns the contributions.
    show(explanation) {
      const { input, weights, output, window: { side } } = explanation;
      const parts = mapContributions(explanation);
      const [, height, width] = input.shape;
      const limits = {
        input: maxAbsolute(input.values),
        kernel: maxAbsolute(weights.values),
        result: maxAbsolute(parts.map(({ values }) => maxAbsolute(values))),
      };
      const theme = getTheme();
      inputLayer = input.layer;
      if (!isDrawing() || order.length !== parts.length) order = rankByStrength(parts, ({ strength }) => strength);
      resizeChildren(list, parts.length, createLine).forEach((line, i) => {
        const { map, values } = parts[order[i]];
        const [source, kernel, result] = line.querySelectorAll("canvas");
        const slice = (numbers, size) => numbers.subarray(map * size, (map + 1) * size);
        paintSignedValues(source, slice(input.values, height * width), [height, width], limits.input, theme);
        paintSignedValues(kernel, slice(weights.values, side * side), [side, side], limits.kernel, theme);
        paintSignedValues(result, values, output.shape, limits.result, theme);
        line.lastChild.dataset.map = map;
        line.lastChild.disabled = input.layer === "normalize";
        line.lastChild.textContent = mapName(layers(), input.layer, map);
      });
      return parts;
    },
  };
}

export function createMapView(context) {
  const { getTheme, format, layers, open, openCell, point } = context;
  let explanation = null;
  const big = createBigMap({ onPoint: point, onOpen: openCell, getTheme, format, opensOnArrow: false });
  const sentence = make("p.said");
  const norm = make("div.norm", {}, make("p", {}, t("explain.norm.formula")), make("dl"));
  const steps = createSteps({ getTheme, onOpen(layer) {
    open(layer, layer === explanation.input.layer ? explanation.input.first : explanation.map);
  } });
  const heading = make("h3");
  const contributions = createContributions(context);
  const root = make("div.view.map", {},
    make("div.stage", {}, big.root, make("p.hint", {}, t("explain.hint"))),
    make("div.making", {}, sentence, norm, steps.root, heading, contributions.root));

  return {
    root,
    focus: big.focus,
    mark: big.mark,
    show(nextExplanation) {
      explanation = nextExplanation;
      const { kind, output } = explanation;
      big.show({
        values: output.values, shape: output.shape, limit: maxAbsolute(output.values), cell: null,
        label: t("explain.mapLabel", { name: mapName(layers(), explanation.layer, explanation.map) }),
      });
      sentence.textContent = SENTENCES[kind](explanation);
      norm.hidden = !explanation.norm;
      if (explanation.norm) norm.lastChild.replaceChildren(...batchNormNumbers(explanation.norm, format));
      const parts = kind === "conv" ? contributions.show(explanation) : null;
      contributions.root.hidden = heading.hidden = kind !== "conv";
      heading.textContent = t(parts?.length > 1 ? "explain.contributions" : "explain.contribution");
      steps.show(stepsOf(explanation, parts, format));
    },
  };
}
