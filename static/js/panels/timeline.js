// Watch it learn: the drawing, read by a network as it was at each moment of its training. The server reads it once for
// all moments, so that moving the slider asks for nothing.
import { getJson } from "../api/client.js";
import { createDrawingQuery } from "../api/drawing-query.js";
import { createCourse } from "./timeline/chart.js";
import { createKernels } from "../network/kernel-images.js";
import { count, t } from "../lib/i18n.js";
import { createLatestOnly } from "../lib/latest-only.js";
import { make } from "../lib/dom.js";
import { modelTitle } from "../app/model-select.js";
import { decodeMoments, momentOf, settledAt, winnerOf } from "./timeline/snapshots.js";
import { createRetry } from "../api/retry.js";
import { errorText } from "../api/error-text.js";
import { createProbabilityBars } from "../prediction/probability-bars.js";
import { loadStylesheets } from "../lib/lazy-css.js";

const PACE = 350; // ms a moment while it plays
const CALM = 1000; // where motion is not wanted
const still = matchMedia("(prefers-reduced-motion: reduce)");

function build(root) {
  const choice = make("select");
  const parts = {
    choice,
    choose: make("label", { class: "timeline-choice" }, make("span", {}, t("timeline.choose")), choice),
    intro: make("p", { class: "timeline-intro" }),
    when: make("h2"),
    worth: make("p", { class: "worth" }),
    play: make("button", { type: "button" }),
    slider: make("input", { type: "range", min: 0, step: 1, "aria-label": t("timeline.slider") }),
    course: make("div"),
    digit: make("p", { class: "timeline-digit" }),
    bars: make("div"),
    said: make("p", { class: "timeline-said", role: "status" }),
    kernels: make("div"),
    about: make("p", { class: "how" }),
    maps: make("div"),
    mapsTitle: make("h3", {}, t("timeline.maps")),
  };
  const { intro, choose, course, digit, bars, said, kernels, about, maps, mapsTitle } = parts;
  parts.body = make("div", { class: "timeline-body" },
    make("div", { class: "timeline-course" }, course),
    make("div", { class: "timeline-reading" }, make("h3", {}, t("timeline.reading")),
      make("div", { class: "timeline-bars" }, digit, bars), said),
    make("div", { class: "timeline-kernels" }, make("h3", {}, t("timeline.kernels")), kernels, about),
    make("div", { class: "timeline-maps" }, mapsTitle, maps));
  parts.note = make("p", { class: "timeline-note", role: "status" });
  root.replaceChildren(intro, choose, parts.note, parts.body);
  return parts;
}

export async function create(root, page) {
  await loadStylesheets("training-widgets");
  const parts = build(root);
  const { slider, play } = parts;
  const course = createCourse(parts.course, { onPick: go });
  parts.course.querySelector("svg").after(
    make("div", { class: "timeline-slide" }, slider, play, make("div", {}, parts.when, parts.worth)));
  const bars = createProbabilityBars(parts.bars, t("timeline.reading"));
  const kernels = createKernels(parts.kernels, page);
  const maps = createKernels(parts.maps, page);
  let told = null; // what /api/timeline tells, its kernels decoded
  let seen = null; // what the network made of the drawing at each moment, its maps decoded
  let at = 0;
  let timer = null;
  const retry = createRetry({
    onUnavailable: () => { parts.note.textContent = t("problems.away.detail"); },
    onAvailable: () => { parts.note.textContent = ""; },
  });

  const asking = createDrawingQuery(page, {
    ask: (signal) => page.ask("api/timeline", { timeline: told.timeline }, signal),
    show(answer) {
      seen = answer && { ...answer, maps: answer.maps && decodeMoments(answer.maps) };
      parts.note.textContent = "";
      showReading();
    },
    fail(error) {
      seen = null;
      parts.note.textContent = errorText(error).detail;
      showReading();
    },
  });

  const loading = createLatestOnly({
    send: ({ name }, signal) => retry.run(() => getJson("api/timeline", name ? { timeline: name } : {}, signal), { signal }),
    done(answer) {
      told = { ...answer, kernels: decodeMoments(answer.kernels) };
      seen = null;
      showTimeline();
      asking.refresh();
    },
    failed(error) { parts.note.textContent = errorText(error).detail; },
  });

  function load(name = null) {
    loading.cancel();
    loading.ask({ name });
  }

  function showTimeline() {
    const { timelines, timeline, model, title, moments } = told;
    parts.choose.hidden = timelines.length === 1;
    parts.choice.replaceChildren(...timelines.map((name) => make("option", name === timeline ? { selected: "" } : {}, name)));
    parts.intro.textContent = t("timeline.intro", { name: modelTitle({ name: model, title }), digits: count(moments.at(-1).digits) });
    slider.max = moments.length - 1;
    parts.body.hidden = false;
    const { shape: [units, height, width] } = told.kernels;
    const about = units === told.units ? "timeline.about" : "timeline.about_some";
    parts.about.textContent = t(about, { units, all: told.units, size: `${height} × ${width}` });
    parts.body.style.setProperty("--units", Math.min(units, 8));
    parts.body.classList.toggle("many", units > 4);
    at = Math.min(at, moments.length - 1);
    showReading();
  }

  // What the drawing changes.
  function showReading() {
    course.show(told, seen?.probabilities ?? null);
    parts.said.textContent = seen ? settledText(winnerOf(seen.probabilities.at(-1))) : t("timeline.empty");
    showMoment();
  }

  function settledText(digit) {
    const from = settledAt(seen.probabilities);
    return t(from === 0 ? "timeline.always" : "timeline.settled", { digit, digits: count(told.moments[from].digits) });
  }

  // What the slider changes.
  function showMoment() {
    const { digits, accuracy } = told.moments[at];
    const when = t(digits === 0 ? "timeline.before" : "timeline.after", { digits: count(digits) });
    const worth = t("timeline.worth", { percent: accuracy.toFixed(accuracy < 95 ? 0 : 1) });
    parts.when.textContent = when;
    parts.worth.textContent = worth;
    slider.value = at;
    slider.setAttribute("aria-valuetext", t("timeline.valuetext", { when, worth }));
    course.mark(at);
    const shares = seen?.probabilities[at] ?? null;
    bars.show(shares);
    parts.digit.textContent = shares ? String(winnerOf(shares)) : "?";
    parts.digit.classList.toggle("none", !shares);
    kernels.show({ ...momentOf(told.kernels, at), label: t("timeline.kernels_label", { when }) });
    parts.maps.hidden = parts.mapsTitle.hidden = !seen?.maps;
    if (seen?.maps) maps.show({ ...momentOf(seen.maps, at), label: t("timeline.maps_label", { when }) });
    const settled = seen !== null && at === settledAt(seen.probabilities);
    page.state.set({ moment: { digits, settled } }); // for the lessons
  }

  function go(to) {
    stop();
    at = to;
    showMoment();
  }

  function showPlaying() {
    play.textContent = t(timer === null ? "timeline.play" : "timeline.pause");
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    showPlaying();
  }

  function step() {
    if (root.hidden || at === told.moments.length - 1) return stop();
    at += 1;
    return showMoment();
  }

  slider.addEventListener("input", () => go(slider.valueAsNumber));
  play.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (at === told.moments.length - 1) at = 0;
    showMoment();
    timer = setInterval(step, still.matches ? CALM : PACE);
    return showPlaying();
  });
  parts.choice.addEventListener("change", () => {
    stop();
    load(parts.choice.value);
  });
  parts.choose.hidden = parts.body.hidden = true;
  showPlaying();
  load();

  return {
    update() {
      root.classList.toggle("stale", Boolean(page.state.get().stroke));
      if (told) asking.update();
    },
    paint() {
      kernels.paint();
      maps.paint();
    },
  };
}
