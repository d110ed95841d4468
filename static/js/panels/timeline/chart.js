// The whole course of a timeline as a chart: how the reading of the drawing changed, and what the network was worth.
import { createLineChart } from "../../lib/line-chart.js";
import { count, t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";
import { named, winnerOf } from "./snapshots.js";

// `onPick(i)`: the i-th moment is pointed at.
export function createCourse(root, { onPick }) {
  let moments = [];
  const chart = createLineChart(root, {
    low: 0, high: 100, formatX: (i) => count(moments[i].digits), formatY: (y) => `${y} %`, onPick,
  });
  const key = root.appendChild(make("p", { class: "timeline-key" }));

  return {
    mark: chart.mark,
    // `probabilities`: ten for each moment, or null where nothing is drawn.
    show(told, probabilities) {
      moments = told.moments;
      const accuracies = moments.map(({ accuracy }) => accuracy);
      const last = probabilities && winnerOf(probabilities.at(-1));
      const lines = [{ values: accuracies, kind: "dashed", text: t("timeline.test") }];
      for (let digit = 0; probabilities && digit < 10; digit += 1) {
        const [kind, text] = digit === last ? ["lead", t("timeline.line", { digit })] : ["quiet", ""];
        lines.push({ values: probabilities.map((shares) => 100 * shares[digit]), kind, text });
      }
      const values = {
        low: accuracies[0].toFixed(0), high: accuracies.at(-1).toFixed(0), digit: last, measured: count(told.measured),
      };
      chart.show({
        xs: accuracies.map((_, i) => i), ticks: named(moments),
        lines: lines.sort((a, b) => (a.kind === "lead") - (b.kind === "lead")), // the leading one over the others
        label: t(probabilities ? "timeline.chart" : "timeline.chart_empty", values),
      });
      key.textContent = t(probabilities ? "timeline.key" : "timeline.key_empty", values);
    },
  };
}
