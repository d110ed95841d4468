// Builds the elements of the panel in which a network is trained.
import { t } from "../../lib/i18n.js";
import { make } from "../../lib/dom.js";
import { createProgressBar } from "../progress.js";

const button = (name) => make("button", { type: "button", class: name }, t(`learn.${name}`));
const section = (name, ...children) =>
  make("section", { class: name }, make("h3", {}, t(`learn.${name}`)), ...children);

// Returns the elements by name.
export function buildLayout(root) {
  const legend = ["training", "validation"].map((name) => make("span", { class: name }, t(`learn.${name}`)));
  const parts = {
    intro: make("p", { class: "intro" }, t("learn.intro")),
    form: make("div"),
    pause: button("pause"),
    stop: button("stop"),
    use: button("use"),
    download: make("a", { class: "button", href: "api/training/network", download: "" }, t("learn.download")),
    overfit: button("overfit"),
    progress: createProgressBar(),
    status: make("p.told"),
    spoken: make("p.sr", { role: "status" }),
    legend: make("p", { class: "which" }, ...legend),
    charts: make("div", { class: "learn-charts" }),
    probabilities: make("div"),
    drawingNote: make("p"),
    kernels: make("div"),
    kernelsNote: make("p"),
    tiles: make("div"),
    tilesNote: make("p"),
  };
  parts.samples = make("div", { class: "learn-now" },
    section("drawing", parts.probabilities, parts.drawingNote),
    section("kernels_title", parts.kernels, parts.kernelsNote),
    section("sheet", parts.tiles, parts.tilesNote));
  root.replaceChildren(
    make("h2", {}, t("learn.title")), parts.intro, parts.form,
    make("p", { class: "steer" }, parts.pause, parts.stop, parts.use, parts.download, parts.overfit),
    parts.progress.root, parts.status, parts.spoken, parts.legend, parts.charts, parts.samples);
  return parts;
}
