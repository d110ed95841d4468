// Shows a network at several snapshots of its training: its predictions for the drawing, its kernels and maps. One
// request returns all snapshots, so moving the slider sends none.
import { getJson } from "../api/client.js";
import { createDrawingQuery } from "../api/drawing-query.js";
import { createTimelineChart } from "./timeline/chart.js";
import { createKernelImages } from "../network/kernel-images.js";
import { count, t } from "../lib/i18n.js";
import { createLatestOnly } from "../lib/latest-only.js";
import { modelTitle } from "../app/model-select.js";
import { buildLayout } from "./timeline/layout.js";
import { createPlayer } from "./timeline/player.js";
import { decodeSnapshots, mostLikely, settledFrom, snapshotAt } from "./timeline/snapshots.js";
import { make } from "../lib/dom.js";
import { createRetry } from "../api/retry.js";
import { errorText } from "../api/error-text.js";
import { createProbabilityBars } from "../prediction/probability-bars.js";
import { loadStylesheets } from "../lib/lazy-css.js";

const MAX_COLUMNS = 8; // kernels in a row
const MANY_KERNELS = 5; // from here on, kernels get rows of their own

const accuracyText = (accuracy) => t("timeline.worth", { percent: accuracy.toFixed(accuracy < 95 ? 0 : 1) });

export async function create(root, context) {
  await loadStylesheets("training-widgets");
  const parts = buildLayout(root);
  const chart = createTimelineChart(parts.chart, { onPick: go });
  parts.chart.querySelector("svg").after(parts.controls);
  const bars = createProbabilityBars(parts.bars, t("timeline.reading"));
  const kernelImages = createKernelImages(parts.kernels, context);
  const mapImages = createKernelImages(parts.maps, context);
  let timeline = null; // /api/timeline, its kernels decoded
  let predictions = null; // POST /api/timeline: probabilities and maps of the drawing at each snapshot
  let current = 0; // index of the snapshot that is shown

  const player = createPlayer(parts.play, {
    isAtEnd: () => current === timeline.moments.length - 1,
    isVisible: () => !root.hidden,
    restart() { current = 0; },
    advance() { current += 1; },
    show: showSnapshot,
  });
  const showNote = (text) => { parts.note.textContent = text; };
  const retry = createRetry({
    onUnavailable: () => showNote(t("problems.away.detail")), onAvailable: () => showNote(""),
  });

  const query = createDrawingQuery(context, {
    ask: (signal) => context.ask("api/timeline", { timeline: timeline.timeline }, signal),
    show(answer) {
      predictions = answer && { ...answer, maps: answer.maps && decodeSnapshots(answer.maps) };
      showNote("");
      showPredictions();
    },
    fail(error) {
      predictions = null;
      showNote(errorText(error).detail);
      showPredictions();
    },
  });

  const loading = createLatestOnly({
    send({ name }, signal) {
      const parameters = name ? { timeline: name } : {};
      return retry.run(() => getJson("api/timeline", parameters, signal), { signal });
    },
    done(answer) {
      timeline = { ...answer, kernels: decodeSnapshots(answer.kernels) };
      predictions = null;
      showTimeline();
      query.refresh();
    },
    failed(error) { showNote(errorText(error).detail); },
  });

  function load(name = null) {
    loading.cancel();
    loading.ask({ name });
  }

  function showTimeline() {
    const { timelines, timeline: chosen, model, title, moments: snapshots, kernels, units } = timeline;
    parts.choose.hidden = timelines.length === 1;
    parts.choice.replaceChildren(...timelines.map((name) => make("option", {}, name)));
    parts.choice.value = chosen;
    const digits = count(snapshots.at(-1).digits);
    parts.intro.textContent = t("timeline.intro", { name: modelTitle({ name: model, title }), digits });
    parts.slider.max = snapshots.length - 1;
    parts.body.hidden = false;
    const [shown, height, width] = kernels.shape;
    const key = shown === units ? "timeline.about" : "timeline.about_some";
    parts.kernelsNote.textContent = t(key, { units: shown, all: units, size: `${height} × ${width}` });
    parts.body.style.setProperty("--units", Math.min(shown, MAX_COLUMNS));
    parts.body.classList.toggle("many", shown >= MANY_KERNELS);
    current = Math.min(current, snapshots.length - 1);
    showPredictions();
  }

  // Updates what depends on the drawing.
  function showPredictions() {
    chart.show(timeline, predictions?.probabilities ?? null);
    parts.summary.textContent = predictions ? settledText() : t("timeline.empty");
    showSnapshot();
  }

  function settledText() {
    const digit = mostLikely(predictions.probabilities.at(-1));
    const from = settledFrom(predictions.probabilities);
    const digits = count(timeline.moments[from].digits);
    return t(from === 0 ? "timeline.always" : "timeline.settled", { digit, digits });
  }

  // Updates what depends on the slider.
  function showSnapshot() {
    const { digits, accuracy } = timeline.moments[current];
    const when = t(digits === 0 ? "timeline.before" : "timeline.after", { digits: count(digits) });
    const worth = accuracyText(accuracy);
    parts.when.textContent = when;
    parts.accuracy.textContent = worth;
    parts.slider.value = current;
    parts.slider.setAttribute("aria-valuetext", t("timeline.valuetext", { when, worth }));
    chart.mark(current);
    showDigit(predictions?.probabilities[current] ?? null);
    kernelImages.show({ ...snapshotAt(timeline.kernels, current), label: t("timeline.kernels_label", { when }) });
    const maps = predictions?.maps;
    parts.maps.hidden = parts.mapsTitle.hidden = !maps;
    if (maps) mapImages.show({ ...snapshotAt(maps, current), label: t("timeline.maps_label", { when }) });
    const settled = predictions !== null && current === settledFrom(predictions.probabilities);
    context.state.set({ moment: { digits, settled } }); // conditions of lessons depend on it
  }

  function showDigit(probabilities) {
    bars.show(probabilities);
    parts.digit.textContent = probabilities ? String(mostLikely(probabilities)) : "?";
    parts.digit.classList.toggle("none", !probabilities);
  }

  function go(index) {
    player.stop();
    current = index;
    showSnapshot();
  }

  parts.slider.addEventListener("input", () => go(parts.slider.valueAsNumber));
  parts.choice.addEventListener("change", () => {
    player.stop();
    load(parts.choice.value);
  });
  parts.choose.hidden = parts.body.hidden = true;
  load();

  return {
    update() {
      root.classList.toggle("stale", Boolean(context.state.get().stroke));
      if (timeline) query.update();
    },
    paint() {
      kernelImages.paint();
      mapImages.paint();
    },
  };
}
