// Watch a network learn: choose, start, and see its curves, its first kernels, forty test digits and the own drawing
// change. The training is the server's; whoever opens this view sees the one that runs.
import { ask, Away, fetchModels, get, send } from "../api.js";
import { createChart } from "../chart.js";
import { decodeBytes } from "../decode.js";
import { fortyDigits } from "../examples.js";
import { createKernels } from "../kernels.js";
import { count, t } from "../lang.js";
import { createLatest } from "../latest.js";
import { after, curves, nothing, preparing, under } from "../learn/curves.js";
import { createForm, OVERFITTING } from "../learn/form.js";
import { follow } from "../learn/stream.js";
import { standing } from "../learn/standing.js";
import { make } from "../make.js";
import { pictureOfDigit } from "../mnist.js";
import { problemText } from "../problems.js";
import { createShares } from "../shares.js";
import { styled } from "../styled.js";
import { createTiles } from "../tiles.js";

const AGAIN = 3000; // ms until the server is asked again, where it was away
const CURVES = { loss: { low: 0 }, accuracy: { low: 0, high: 100, formatY: (y) => `${y} %` } };
const EACH = 4; // test digits of each class

await Promise.all(["chart", "kernels", "shares"].map((name) => styled(new URL(`../../css/${name}.css`, import.meta.url))));

const button = (key, name) => make("button", { type: "button", class: name }, t(`learn.${key}`));

function build(root) {
  const parts = {
    choices: make("div"),
    pause: button("pause", "pause"), stop: button("stop", "stop"), overfit: button("overfit", "overfit"),
    bar: make("progress", { value: 0, max: 1 }), told: make("p", { class: "told", role: "status" }),
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
    parts.bar, parts.told, parts.legend, parts.charts, parts.now);
  return parts;
}

export function create(root, page) {
  const parts = build(root);
  const charts = Object.fromEntries(Object.entries(CURVES).map(([name, options]) => {
    const place = make("figure", {}, make("figcaption", {}, t(`learn.${name}`)));
    parts.charts.append(place);
    return [name, createChart(place, { formatX: count, ...options })];
  }));
  const shares = createShares(parts.shares, t("learn.drawing"));
  const kernels = createKernels(parts.kernels, { getTheme: page.getTheme });
  const tiles = createTiles(parts.tiles, {
    getTheme: page.getTheme, onChoose: (bytes) => page.take(() => pictureOfDigit(bytes)),
  });
  let form = null;
  let job = null;
  let now = nothing();
  let note = ""; // what went wrong, instead of how it stands
  let stop = () => {};
  let frame = null;
  let drawn = null; // the drawing that was read last

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
  const look = createLatest({
    gap: 300,
    async send(_, signal) {
      drawn = page.drawing();
      const { model, ...query } = page.query();
      const [picture, digits] = await Promise.all([page.picture(drawn), fortyDigits(document.body.dataset.testDigits, EACH)]);
      return { digits, ...await ask("api/training/look", picture ?? new Uint8Array(), query, signal) };
    },
    done: showLook,
    failed() {}, // the next step asks again
  });

  function showLook({ digits, reading, kernels: { of, shape, data }, sheet }) {
    shares.show(reading?.probabilities ?? null);
    parts.reads.textContent = reading ? "" : t("learn.no_drawing");
    const values = new Float32Array(decodeBytes(data).buffer);
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
    stop = follow("api/training/events", {
      onEvent(event) {
        note = "";
        now = after(now, event);
        if (["measured", "finished"].includes(event.event)) look.ask(true);
        repaint();
      },
      onAway() { note = t("learn.away"); repaint(); },
      onBack() { note = ""; repaint(); },
      onEnd: ready, // perhaps another one was begun elsewhere
    });
  }

  // What the server allows, and what it is at; where it is away, again in a while.
  async function ready() {
    try {
      const state = await get("api/training", {});
      note = "";
      form ??= createForm(parts.choices, state, { onSubmit: () => start(form.values()) });
      parts.minutes = state.minutes;
      if (state.job) form.set(state.job);
      const same = state.job?.id === job?.id && now.phase !== "none";
      job = state.job && { ...state.job, minutes: state.minutes };
      if (job && !same) {
        now = preparing();
        listen();
      }
    } catch (error) {
      complain(error);
      if (error instanceof Away) setTimeout(ready, AGAIN);
    }
    repaint();
  }

  function complain(error) {
    note = error instanceof Away ? t("learn.away") : problemText(error).detail;
    repaint();
  }

  async function start(wish) {
    form.set(wish);
    try {
      const { id } = await send("api/training", wish);
      job = { ...wish, id, minutes: parts.minutes };
      [note, now] = ["", preparing()];
      listen();
    } catch (error) {
      if (error.type === "training-runs") ready(); // somebody else was quicker: see theirs
      complain(error);
    }
    repaint();
  }

  const steer = (word) => send(`api/training/${word}`, {}).catch(complain);
  parts.overfit.addEventListener("click", () => start(OVERFITTING));
  parts.pause.addEventListener("click", () => steer(now.phase === "paused" ? "resume" : "pause"));
  parts.stop.addEventListener("click", () => steer("stop"));
  parts.use.addEventListener("click", async () => {
    try {
      const { model } = await send("api/training/keep", {});
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
    update() {
      const { stroke } = page.state.get();
      if (!stroke && now.measured.length && page.drawing() !== drawn) look.ask(true);
    },
    paint() {
      kernels.paint();
      tiles.paint();
    },
  };
}
