// Compares networks: shows their predictions for the drawing and for perturbations of it, and how much each tolerates.
import { createDrawingQuery } from "../api/drawing-query.js";
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { errorText } from "../api/error-text.js";
import { formatAmount, groupByKind, robustness } from "./compare/robustness.js";
import { paintThumbnails, seriesTable, summaryTable } from "./compare/tables.js";

const BASELINE = "mlp"; // the network that tolerates least

function summarySentence({ model, digit, kept, total, limits: { moved, turned } }) {
  return make("p", {}, t("compare.sentence", {
    model, digit, kept, many: total, moved: formatAmount(moved.amount ?? 0), turned: formatAmount(turned.amount ?? 0),
  }));
}

function summaryElements(answer) {
  const networks = answer.models.map((model, i) => ({ model, ...robustness(answer, i) }));
  // Wider than a phone, so it scrolls, also with the keyboard.
  const scrollable = { class: "scroll", tabindex: "0", role: "group", "aria-label": t("compare.limits") };
  return [...networks.map(summarySentence), make("div", scrollable, summaryTable(networks))];
}

export function create(root, context) {
  const choices = make("fieldset", { class: "networks" });
  const note = make("p", { class: "compare-note", role: "status" });
  const summary = make("div", { class: "compare-told" });
  const tables = make("div", { class: "films" });
  const key = make("p", { class: "compare-key" },
    ...["kept", "changed", "unsure"].map((name) => make("span", { class: name }, t(`compare.${name}`))));
  const result = make("div", { class: "compare-result" }, summary, key, tables);
  root.replaceChildren(make("p", { class: "compare-intro" }, t("compare.intro")), choices, note, result);
  let ticked = null; // names of networks; null until the first choice
  let choicesFor = ""; // the names that the boxes were built for

  const query = createDrawingQuery(context, {
    ask(signal) {
      return chosen().length === 0 ? null : context.ask("api/variations", { models: chosen().join(",") }, signal);
    },
    show,
    fail(error) {
      show(null);
      note.textContent = errorText(error).detail;
    },
  });

  const modelNames = () => context.state.get().models?.map(({ name }) => name) ?? [];

  // Before the first choice: the current network and the baseline, or the default network beside the baseline.
  function chosen() {
    const current = context.model()?.name;
    const names = ticked ?? [current, current === BASELINE ? context.state.get().fallback : BASELINE];
    return modelNames().filter((name) => names.includes(name));
  }

  function showChoices() {
    const boxes = modelNames().map((name) => {
      const box = make("input", { type: "checkbox", value: name });
      box.checked = chosen().includes(name);
      return make("label", {}, box, name);
    });
    const focused = choices.contains(document.activeElement) ? document.activeElement.value : null;
    choices.replaceChildren(make("legend", {}, t("compare.networks")), ...boxes);
    if (focused) choices.querySelector(`[value="${CSS.escape(focused)}"]`)?.focus();
  }

  choices.addEventListener("change", () => {
    ticked = [...choices.querySelectorAll(":checked")].map(({ value }) => value);
    query.refresh();
  });

  function show(answer) {
    note.textContent = answer ? "" : t(chosen().length === 0 ? "compare.none" : "compare.empty");
    result.hidden = !answer;
    if (!answer) return;
    summary.replaceChildren(...summaryElements(answer));
    const kinds = [...groupByKind(answer.variations)];
    const columns = Math.max(...kinds.map(([, series]) => series.length));
    tables.replaceChildren(...kinds.map(([kind, series]) => seriesTable(kind, series, answer, columns)));
    paint();
  }

  function paint() {
    paintThumbnails(tables, context.getTheme());
  }

  return {
    update() {
      const names = `${modelNames()} ${chosen()}`;
      if (names !== choicesFor) showChoices();
      choicesFor = names;
      root.classList.toggle("stale", Boolean(context.state.get().stroke));
      query.update();
    },
    paint,
  };
}
