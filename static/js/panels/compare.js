// The same drawing, and small variations of it, through several networks side by side: where does each break?
import { createDrawingQuery } from "../api/drawing-query.js";
import { inkTable } from "../lib/colormap.js";
import { colorBytes, decodeBytes } from "../lib/decode.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createCanvas } from "../lib/canvas.js";
import { INPUT_SIDE } from "../drawing/coordinates.js";
import { errorText } from "../api/error-text.js";
import { amountText, byKind, GROUPS, summary } from "./compare/robustness.js";

const AGAINST = "mlp"; // whose weaknesses are the plainest

function reading({ digit, sure, probability }, own) {
  const names = [digit === own ? "kept" : "changed", ...(sure ? [] : ["unsure"])];
  const cell = make("td", {}, make("span", { class: names.join(" ") }, String(digit)));
  cell.title = t(sure ? "compare.cell" : "compare.cell_unsure", { digit, percent: (100 * probability).toFixed(0) });
  return cell;
}

const groupOf = (kind) => Object.keys(GROUPS).find((group) => GROUPS[group].includes(kind));
const unit = (group, amount) => t(`compare.units.${group}`, { amount: amountText(amount) });

// Canvases remember their bytes, to be painted again when the theme changes.
const bytesOf = new WeakMap();

function thumbnailOf({ image }) {
  const { canvas } = createCanvas(INPUT_SIDE);
  canvas.setAttribute("aria-hidden", "true");
  bytesOf.set(canvas, decodeBytes(image.data));
  return canvas;
}

function paintThumbnail(canvas, theme) {
  const image = new ImageData(INPUT_SIDE, INPUT_SIDE);
  colorBytes(bytesOf.get(canvas), inkTable(theme), new Uint32Array(image.data.buffer));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// One kind of change from small to large: the pictures, and under them what each network reads. All films are `width`
// pictures wide, so that equal steps stand below each other.
function filmTable(kind, film, { models, readings }, width) {
  const rest = Array.from({ length: width - film.length }, () => make("td"));
  const pictures = film.map((each) =>
    make("th", { scope: "col" }, thumbnailOf(each), make("small", {}, unit(groupOf(kind), each.amount))));
  const rows = models.map((model, i) => make("tr", {},
    make("th", { scope: "row" }, model), ...film.map((each) => reading(each.readings[i], readings[i].digit))));
  return make("table", { class: "steps" },
    make("caption", {}, t(`compare.kinds.${kind}`)),
    make("thead", {}, make("tr", {}, make("td"), ...pictures, ...rest)),
    make("tbody", {}, ...rows));
}

function limitCell(group, { amount, whole }) {
  if (amount === null) return make("td", {}, t("compare.not_at_all"));
  return make("td", {}, whole ? t("compare.whole", { amount: unit(group, amount) }) : unit(group, amount));
}

const columns = (...texts) => texts.map((text) => make("th", { scope: "col" }, text));

function summaryTable(all) {
  const groups = Object.keys(GROUPS).filter((group) => all.every(({ limits }) => limits[group]));
  const head = columns(t("compare.network"), t("compare.reads"), t("compare.keeps"),
    ...groups.map((group) => t(`compare.groups.${group}`)));
  const rows = all.map(({ model, digit, kept, many, limits }) => make("tr", {},
    make("th", { scope: "row" }, model), make("td", {}, make("b", {}, String(digit))),
    make("td", {}, t("compare.of", { kept, many })),
    ...groups.map((group) => limitCell(group, limits[group]))));
  return make("table", { class: "limits" },
    make("caption", {}, t("compare.limits")), make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}

function summaries(answer) {
  const all = answer.models.map((model, i) => ({ model, ...summary(answer, i) }));
  const sentences = all.map(({ limits: { moved, turned }, ...values }) => make("p", {}, t("compare.sentence", {
    ...values, moved: amountText(moved.amount ?? 0), turned: amountText(turned.amount ?? 0),
  })));
  // Wider than a phone: to be scrolled, by keys as well.
  const scroll = { class: "scroll", tabindex: "0", role: "group", "aria-label": t("compare.limits") };
  return [...sentences, make("div", scroll, summaryTable(all))];
}

export function create(root, page) {
  const choices = make("fieldset", { class: "networks" });
  const note = make("p", { class: "compare-note", role: "status" });
  const told = make("div", { class: "compare-told" });
  const films = make("div", { class: "films" });
  const key = make("p", { class: "compare-key" },
    ...["kept", "changed", "unsure"].map((name) => make("span", { class: name }, t(`compare.${name}`))));
  const result = make("div", { class: "compare-result" }, told, key, films);
  root.replaceChildren(make("p", { class: "compare-intro" }, t("compare.intro")), choices, note, result);
  let ticked = null; // names; null until somebody chooses: then the network that reads and the plainest one

  const asking = createDrawingQuery(page, {
    ask: (signal) => (chosen().length === 0 ? null : page.ask("api/variations", { models: chosen().join(",") }, signal)),
    show,
    fail(error) {
      show(null);
      note.textContent = errorText(error).detail;
    },
  });

  const names = () => page.state.get().models?.map(({ name }) => name) ?? [];

  function chosen() {
    const own = page.model()?.name;
    const wanted = ticked ?? [own, own === AGAINST ? page.state.get().fallback : AGAINST];
    return names().filter((name) => wanted.includes(name));
  }

  function showChoices() {
    const boxes = names().map((name) => {
      const box = make("input", { type: "checkbox", value: name });
      box.checked = chosen().includes(name);
      return make("label", {}, box, name);
    });
    const held = choices.contains(document.activeElement) ? document.activeElement.value : null;
    choices.replaceChildren(make("legend", {}, t("compare.networks")), ...boxes);
    if (held) choices.querySelector(`[value="${CSS.escape(held)}"]`)?.focus();
  }

  choices.addEventListener("change", () => {
    ticked = [...choices.querySelectorAll(":checked")].map(({ value }) => value);
    asking.refresh();
  });

  function show(answer) {
    note.textContent = answer ? "" : t(chosen().length === 0 ? "compare.none" : "compare.empty");
    result.hidden = !answer;
    if (!answer) return;
    told.replaceChildren(...summaries(answer));
    const kinds = [...byKind(answer.variations)];
    const width = Math.max(...kinds.map(([, film]) => film.length));
    films.replaceChildren(...kinds.map(([kind, film]) => filmTable(kind, film, answer, width)));
    paint();
  }

  function paint() {
    for (const canvas of films.querySelectorAll("canvas")) paintThumbnail(canvas, page.getTheme());
  }

  let built = "";
  return {
    update() {
      const now = `${names()} ${chosen()}`;
      if (now !== built) showChoices();
      built = now;
      root.classList.toggle("stale", Boolean(page.state.get().stroke));
      asking.update();
    },
    paint,
  };
}
