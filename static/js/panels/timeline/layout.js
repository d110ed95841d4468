// Builds the elements of the timeline panel.
import { t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";

// Returns the elements by name. `controls`, the slider and its labels, is placed under the chart by the caller.
export function buildLayout(root) {
  const choice = make("select");
  const parts = {
    choice,
    choose: make("label", { class: "timeline-choice" }, make("span", {}, t("timeline.choose")), choice),
    intro: make("p", { class: "timeline-intro" }),
    note: make("p", { class: "timeline-note", role: "status" }),
    chart: make("div"),
    slider: make("input", { type: "range", min: 0, step: 1, "aria-label": t("timeline.slider") }),
    play: make("button", { type: "button" }),
    when: make("h2"),
    accuracy: make("p", { class: "worth" }),
    digit: make("p", { class: "timeline-digit" }),
    bars: make("div"),
    summary: make("p", { class: "timeline-said", role: "status" }),
    kernels: make("div"),
    kernelsNote: make("p", { class: "how" }),
    maps: make("div"),
    mapsTitle: make("h3", {}, t("timeline.maps")),
  };
  parts.controls = make("div", { class: "timeline-slide" },
    parts.slider, parts.play, make("div", {}, parts.when, parts.accuracy));
  parts.body = make("div", { class: "timeline-body" },
    make("div", { class: "timeline-course" }, parts.chart),
    make("div", { class: "timeline-reading" }, make("h3", {}, t("timeline.reading")),
      make("div", { class: "timeline-bars" }, parts.digit, parts.bars), parts.summary),
    make("div", { class: "timeline-kernels" }, make("h3", {}, t("timeline.kernels")), parts.kernels, parts.kernelsNote),
    make("div", { class: "timeline-maps" }, parts.mapsTitle, parts.maps));
  root.replaceChildren(parts.intro, parts.choose, parts.note, parts.body);
  return parts;
}
