// Watch a network learn: choose, start, and see its curves, its first kernels, forty test digits and the own drawing
// change. The training is the server's; whoever opens this view sees the one that runs.
import { postPicture, fetchModels, getJson, postJson } from "../api/client.js";
import { createLineChart } from "../lib/line-chart.js";
import { decodeFloats } from "../lib/decode.js";
import { loadExampleDigits } from "../photos/mnist-examples.js";
import { createKernels } from "../network/kernel-images.js";
import { count, t } from "../lib/i18n.js";
import { createLatestOnly } from "../lib/latest-only.js";
import { after, curves, nothing, preparing, under } from "./learn/training-state.js";
import { createForm, OVERFITTING } from "./learn/form.js";
import { followEvents } from "../api/event-stream.js";
import { standing } from "./learn/status-text.js";
import { make } from "../lib/dom.js";
import { digitToPicture } from "../photos/digit-image.js";
import { createRetry } from "../api/retry.js";
import { errorText } from "../api/error-text.js";
import { createProbabilityBars } from "../prediction/probability-bars.js";
import { loadStylesheets } from "../lib/lazy-css.js";
import { createTiles } from "./digit-tiles.js";

const AGAIN = 3000; // ms until the server is asked again, where it would not tell of a training that goes on
const CURVES = { loss: { low: 0 }, accuracy: { low: 0, high: 100, formatY: (y) => `${y} %` } };
const EACH = 4; // test digits of each class
const MATTERS = ["history", "scaled", "centred"]; // whatever of the state decides how the drawing is read

const button = (key, name) => make("button", { type: "button", class: name }, t(`learn.${key}`));

function build(root) {
  const parts = {
    choices: make("div"),
    pause: button("pause", "pause"), stop: button("stop", "stop"), overfit: button("overfit", "overfit"),
    bar: make("progress", { value: 0, max: 1 }), told: make("p.told"), said: make("p.sr", { role: "status" }),
    use: button("use", "use"), download: make("a", { class: "button", href: "api/training/network", download: "" }, t("learn.download")),
    legend: make("p", { class: "which" }, ...["training", "validation"].map((name) => make("span", { class: name }, t(`learn.${name}`)))),
    charts: make("div", { class: "learn-charts" }),
    shares: make("div"), reads: make("p"), kernels: make("div"), tiles: make("div"),
    kernelsTold: make("p"), right: make("p"),
  };
  parts.intro = make("p", { class: "intro" }, t("learn.intro"));
  const part = (name, ...inside) => make("section", { class: name }, make("h3", {}, t(`learn.${name}`)), ...inside);
  parts.now = make("div", { class: "learn-now" },
    part("drawing", parts.shares, parts.reads), part("kernels_title", parts.kernels, parts.kernelsTold),
    part("sheet", parts.tiles, parts.right));
  root.replaceChildren(
    make("h2", {}, t("learn.title")), parts.intro, parts.choices,
    make("p", { class: "steer" }, parts.pause, parts.stop, parts.use, parts.download, parts.overfit),
    parts.bar, parts.told, parts.said, parts.legend, parts.charts, parts.now);
  return parts;
}

export async function create(root, page, { take }) {
  await loadStylesheets("training-widgets");
  const parts = build(root);
  const charts = Object.fromEntries(Object.entries(CURVES).map(([name, options]) => {
    const place = make("figure", {}, make("figcaption", {}, t(`learn.${name}`)));
    parts.charts.append(place);
    return [name, createLineChart(place, { formatX: count, ...options })];
  }));
  const shares = createProbabilityBars(parts.shares, t("learn.drawing"));
  const kernels = createKernels(parts.kernels, { getTheme: page.getTheme });
  const tiles = createTiles(parts.tiles, {
    getTheme: page.getTheme, onChoose: (bytes) => take(() => digitToPicture(bytes)),
  });
  let form = null;
  let minutes = null; // that a training may take
  let job = null;
  let now = nothing();
  let note = ""; // what went wrong, instead of how it stands
  let stop = () => {};
  let frame = null;
  let asked = {}; // the state with which the drawing was read last
  let spoken = null; // what `said` is about

  // Many events may come at once: they are painted together.
  function repaint() {
    frame ??= requestAnimationFrame(() => { frame = null; show(); });
  }

  function show() {
    const busy = under(now);
    form?.lock(busy);
    parts.overfit.disabled = busy || !form;
    parts.pause.disabled = !["learning", "paused"].includes(now.phase);
    parts.pause.textContent = t(now.phase === "paused" ? "learn.resume" : "learn.pause");
    parts.stop.disabled = !["preparing", "learning", "paused"].includes(now.phase);
    parts.told.textContent = note || standing(now, job);
    // Digits and seconds change five times a second: who listens hears of the rest.
    const about = [now.phase, now.epoch, note].join();
    if (about !== spoken) parts.said.textContent = parts.told.textContent;
    spoken = about;
    parts.bar.hidden = !busy;
    if (now.phase === "learning" || now.phase === "paused") parts.bar.value = now.digits / (job.digits * now.epochs);
    else parts.bar.removeAttribute("value");
    parts.bar.setAttribute("aria-label", parts.told.textContent);
    const some = now.measured.length > 0;
    for (const part of [parts.legend, parts.charts, parts.now, parts.use, parts.download]) part.hidden = !some;
    parts.intro.hidden = now.phase !== "none"; // the curves are to be in view without scrolling
    if (some) showCurves();
  }

  function showCurves() {
    for (const [name, chart] of Object.entries(charts)) {
      const { xs, values: [training, validation] } = curves(now, name);
      chart.show({
        xs, label: t(`learn.${name}_label`),
        lines: [
          { values: training, kind: "second" }, { values: validation, kind: "lead" },
        ],
      });
    }
  }

  // The network as it is now: the drawing, forty test digits, the kernels.
  async function lookAt(signal) {
    asked = page.state.get();
    const { model, ...query } = page.query();
    const picture = page.picture() ?? new Uint8Array();
    const digits = await loadExampleDigits(document.body.dataset.testDigits, EACH);
    return { digits, ...await postPicture("api/training/look", picture, query, signal) };
  }

  const retry = createRetry({ onUnavailable() { note = t("learn.away"); repaint(); }, onAvailable() { note = ""; repaint(); } });
  const look = createLatestOnly({
    gap: 300, send: (_, signal) => retry.run(() => lookAt(signal), { signal }), done: showLook, failed: complain,
  });

  function showLook({ digits, reading, kernels: { of, shape, data }, sheet }) {
    shares.show(reading?.probabilities ?? null);
    parts.reads.textContent = reading ? "" : t("learn.no_drawing");
    const { values } = decodeFloats({ shape, data });
    parts.kernels.style.setProperty("--kernel", shape[1] > 9 ? "3.5rem" : "2rem");
    kernels.show({ values, shape, label: t("learn.kernels_label") });
    parts.kernelsTold.textContent = t(of > shape[0] ? "learn.kernels_some" : "learn.kernels_all", { shown: shape[0], of });
    const labels = sheet.map((_, i) => Math.floor(i / EACH));
    tiles.show(digits, sheet.map((read, i) => ({
      what: read, how: "", apart: read !== labels[i], label: t("learn.tile", { label: labels[i], read }),
    })));
    const right = sheet.filter((read, i) => read === labels[i]).length;
    parts.right.textContent = t("learn.right", { right, of: sheet.length });
  }

  function listen() {
    stop();
    stop = followEvents("api/training/events", {
      onEvent(event) {
        const { phase } = now;
        now = after(now, event);
        if (now.phase !== phase) note = ""; // else what a button was answered would be gone with the next step
        if (["measured", "finished"].includes(event.event)) look.ask(true);
        repaint();
      },
      onUnavailable() { note = t("learn.away"); repaint(); },
      onAvailable() { note = ""; repaint(); },
      onEnd: () => (under(now) ? setTimeout(ready, AGAIN) : ready()), // it is over: perhaps another one was begun elsewhere
      isWanted: () => !root.hidden && !document.hidden,
    });
  }

  // What the server allows, and what it is at.
  async function ready() {
    try {
      const state = await retry.run(() => getJson("api/training", {}));
      minutes = state.minutes;
      form ??= createForm(parts.choices, state, { onSubmit: () => start(form.values()) });
      const same = state.job?.id === job?.id && now.phase !== "none";
      if (state.job && (!same || under(now))) {
        form.set(state.job);
        job = { ...state.job, minutes };
        now = preparing(); // all of it is told again
        listen();
      }
    } catch (error) {
      complain(error);
    }
    repaint();
  }

  function complain(error) {
    note = errorText(error).detail;
    repaint();
  }

  async function start(wish) {
    form.set(wish);
    try {
      const { id } = await postJson("api/training", wish);
      job = { ...wish, id, minutes };
      [note, now] = ["", preparing()];
      listen();
    } catch (error) {
      if (error.type === "training-runs") await ready(); // somebody else was quicker: see theirs
      complain(error);
    }
    repaint();
  }

  const steer = (word) => postJson(`api/training/${word}`, {}).catch(complain);
  parts.overfit.addEventListener("click", () => start(OVERFITTING));
  parts.pause.addEventListener("click", () => steer(now.phase === "paused" ? "resume" : "pause"));
  parts.stop.addEventListener("click", () => steer("stop"));
  parts.use.addEventListener("click", async () => {
    try {
      const { model } = await postJson("api/training/keep", {});
      const { models, default: fallback } = await fetchModels();
      page.state.set({ models, fallback, model });
      note = t("learn.used", { model });
      repaint();
    } catch (error) {
      complain(error);
    }
  });
  shares.show(null);
  show();
  ready();

  return {
    update(state = page.state.get(), before = state) {
      if (state.panel !== before.panel && !under(now)) ready(); // one may have been begun elsewhere meanwhile
      if (!state.stroke && now.measured.length && MATTERS.some((name) => state[name] !== asked[name])) look.ask(true);
    },
    paint() {
      kernels.paint();
      tiles.paint();
    },
  };
}
