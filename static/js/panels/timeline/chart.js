// Charts a timeline: the probabilities of the ten digits and the test accuracy at every snapshot.
import { createLineChart } from "../../lib/line-chart.js";
import { count, t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";
import { mostLikely, tickIndices } from "./snapshots.js";

// `onPick(i)`: the pointer is pressed at the i-th snapshot.
export function createTimelineChart(root, { onPick }) {
  let snapshots = [];
  const chart = createLineChart(root, {
    low: 0, high: 100, formatX: (i) => count(snapshots[i].digits), formatY: (y) => `${y} %`, onPick,
  });
  const key = root.appendChild(make("p", { class: "timeline-key" }));

  return {
    mark: chart.mark,
    // `timeline`: /api/timeline; `probabilities`: ten for each snapshot, or null without a drawing.
    show(timeline, probabilities) {
      snapshots = timeline.moments;
      const accuracies = snapshots.map(({ accuracy }) => accuracy);
      const last = probabilities && mostLikely(probabilities.at(-1));
      const lines = [{ values: accuracies, kind: "dashed", text: t("timeline.test") }];
      for (let digit = 0; probabilities && digit < 10; digit += 1) {
        const [kind, text] = digit === last ? ["lead", t("timeline.line", { digit })] : ["quiet", ""];
        lines.push({ values: probabilities.map((shares) => 100 * shares[digit]), kind, text });
      }
      const values = {
        low: accuracies[0].toFixed(0), high: accuracies.at(-1).toFixed(0), digit: last,
        measured: count(timeline.measured),
      };
      chart.show({
        xs: accuracies.map((_, i) => i), ticks: tickIndices(snapshots),
        lines: lines.sort((a, b) => (a.kind === "lead") - (b.kind === "lead")), // painted last, over the others
        label: t(probabilities ? "timeline.chart" : "timeline.chart_empty", values),
      });
      key.textContent = t(probabilities ? "timeline.key" : "timeline.key_empty", values);
    },
  };
}
