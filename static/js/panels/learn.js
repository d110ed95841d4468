// Trains a network on the server: its options, its curves, and what it computes now. All visitors see the same
// training.
import { fetchModels, getJson, postJson } from "../api/client.js";
import { createLineChart } from "../lib/line-chart.js";
import { count, t } from "../lib/i18n.js";
import { applyEvent, curves, initialState, isRunning, preparingState } from "./learn/training-state.js";
import { createTrainingForm, OVERFITTING } from "./learn/form.js";
import { buildLayout } from "./learn/layout.js";
import { createNetworkSamples } from "./learn/network-samples.js";
import { followEvents } from "../api/event-stream.js";
import { statusText } from "./learn/status-text.js";
import { make } from "../lib/dom.js";
import { createRetry } from "../api/retry.js";
import { errorText } from "../api/error-text.js";
import { loadStylesheets } from "../lib/lazy-css.js";

const STREAM_RETRY_MS = 3000; // after the event stream of a running training was refused
const CURVES = { loss: { low: 0 }, accuracy: { low: 0, high: 100, formatY: (y) => `${y} %` } };
const WITH_PROGRESS = ["learning", "paused"];
const STOPPABLE = ["preparing", ...WITH_PROGRESS];

function createCharts(root) {
  return Object.entries(CURVES).map(([name, options]) => {
    const place = make("figure", {}, make("figcaption", {}, t(`learn.${name}`)));
    root.append(place);
    return { name, chart: createLineChart(place, { formatX: count, ...options }) };
  });
}

export async function create(root, context, { take }) {
  await loadStylesheets("training-widgets");
  const parts = buildLayout(root);
  const charts = createCharts(parts.charts);
  const connection = { onUnavailable: () => showNote(t("learn.away")), onAvailable: () => showNote("") };
  const samples = createNetworkSamples(parts, context, { take, onError: showError, ...connection });
  const retry = createRetry(connection);
  let form = null;
  let minutes = null; // time limit of a training
  let job = null; // id and options of the training
  let training = initialState();
  let note = ""; // an error, shown in place of the status
  let stopStream = () => {};
  let isScheduled = false; // a call of show()
  let spokenFor = null; // phase, epoch and note of the latest spoken status

  // Events that arrive together are painted once.
  function repaint() {
    if (!isScheduled) requestAnimationFrame(show);
    isScheduled = true;
  }

  function showNote(text) {
    note = text;
    repaint();
  }

  function showError(error) {
    showNote(errorText(error).detail);
  }

  function show() {
    isScheduled = false;
    const { phase, measured } = training;
    const busy = isRunning(training);
    form?.lock(busy);
    parts.overfit.disabled = busy || !form;
    parts.pause.disabled = !WITH_PROGRESS.includes(phase);
    parts.pause.textContent = t(phase === "paused" ? "learn.resume" : "learn.pause");
    parts.stop.disabled = !STOPPABLE.includes(phase);
    showStatus(busy);
    const hasCurves = measured.length > 0;
    const { legend, use, download } = parts;
    for (const part of [legend, parts.charts, parts.samples, use, download]) part.hidden = !hasCurves;
    parts.intro.hidden = phase !== "none"; // keeps the curves in view without scrolling
    if (hasCurves) showCurves();
  }

  function showStatus(busy) {
    const { phase, epoch, epochs, digits } = training;
    const text = note || statusText(training, job);
    parts.status.textContent = text;
    // The numbers change five times a second; screen readers announce only the other changes.
    const key = [phase, epoch, note].join();
    if (key !== spokenFor) parts.spoken.textContent = text;
    spokenFor = key;
    if (busy) parts.progress.show(WITH_PROGRESS.includes(phase) ? digits / (job.digits * epochs) : null, text);
    else parts.progress.hide();
  }

  function showCurves() {
    for (const { name, chart } of charts) {
      const { xs, values: [onTraining, onValidation] } = curves(training, name);
      const lines = [{ values: onTraining, kind: "second" }, { values: onValidation, kind: "lead" }];
      chart.show({ xs, lines, label: t(`learn.${name}_label`) });
    }
  }

  function followTraining() {
    stopStream();
    stopStream = followEvents("api/training/events", {
      onEvent(event) {
        const { phase } = training;
        training = applyEvent(training, event);
        if (training.phase !== phase) note = ""; // an error of a button stays until the phase changes
        if (["measured", "finished"].includes(event.event)) samples.request();
        repaint();
      },
      ...connection,
      // After the end, somebody else may have started another training.
      onEnd: () => (isRunning(training) ? setTimeout(synchronize, STREAM_RETRY_MS) : synchronize()),
      isWanted: () => !root.hidden && !document.hidden,
    });
  }

  // Gets the options of trainings, and follows a training that is new to this view.
  async function synchronize() {
    try {
      const server = await retry.run(() => getJson("api/training", {}));
      minutes = server.minutes;
      form ??= createTrainingForm(parts.form, server, { onSubmit: () => start(form.values()) });
      const isKnown = server.job?.id === job?.id && training.phase !== "none";
      if (server.job && (!isKnown || isRunning(training))) {
        form.set(server.job);
        job = { ...server.job, minutes };
        training = preparingState(); // the stream repeats all events
        followTraining();
      }
    } catch (error) {
      showError(error);
    }
    repaint();
  }

  async function start(options) {
    form.set(options);
    try {
      const { id } = await postJson("api/training", options);
      job = { ...options, id, minutes };
      [note, training] = ["", preparingState()];
      followTraining();
    } catch (error) {
      if (error.type === "training-runs") await synchronize(); // shows the training that somebody else started
      showError(error);
    }
    repaint();
  }

  async function useNetwork() {
    try {
      const { model } = await postJson("api/training/keep", {});
      const { models, default: fallback } = await fetchModels();
      context.state.set({ models, fallback, model });
      showNote(t("learn.used", { model }));
    } catch (error) {
      showError(error);
    }
  }

  const sendCommand = (command) => postJson(`api/training/${command}`, {}).catch(showError);
  parts.overfit.addEventListener("click", () => start(OVERFITTING));
  parts.pause.addEventListener("click", () => sendCommand(training.phase === "paused" ? "resume" : "pause"));
  parts.stop.addEventListener("click", () => sendCommand("stop"));
  parts.use.addEventListener("click", useNetwork);
  show();
  synchronize();

  return {
    update(state = context.state.get(), before = state) {
      // Somebody else may have started a training while the panel was closed.
      if (state.panel !== before.panel && !isRunning(training)) synchronize();
      if (!state.stroke && training.measured.length > 0) samples.update(state);
    },
    paint: samples.paint,
  };
}
