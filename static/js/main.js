// Wires the widgets to the one state. Everything that the page remembers is in `state`; widgets only show it.
import { attachAddress, known } from "./app/url-sync.js";
import { createAnswer } from "./prediction/answer.js";
import { fetchModels } from "./api/client.js";
import { applyPresenting, attachTheme, getTheme } from "./app/theme.js";
import { createClassroom } from "./classroom/classroom.js";
import { attachControls } from "./app/toolbar.js";
import { createExamples } from "./photos/mnist-examples.js";
import { createFilm } from "./prediction/preprocessing-view.js";
import { BLANK, commit, isBlank, redo, undo, withStroke } from "./app/undo-history.js";
import { createInput } from "./prediction/input-view.js";
import { t } from "./lib/i18n.js";
import { attachLanguage } from "./app/language-select.js";
import { attachModel } from "./app/model-select.js";
import { createNotice } from "./app/notice.js";
import { formatOpen } from "./app/open-cell.js";
import { attachOpening } from "./explain/open-drawer.js";
import { createPad } from "./drawing/pad.js";
import { attachPadKeys } from "./drawing/keyboard-pen.js";
import { createPage } from "./app/context.js";
import { createPanels } from "./app/tabs.js";
import { createPatience } from "./api/retry.js";
import { createPhotos } from "./photos/controller.js";
import { createReading } from "./prediction/live-prediction.js";
import { createSight } from "./network/receptive-field-overlay.js";
import { MAX_SIZE, MIN_SIZE } from "./drawing/strokes.js";
import { createTower } from "./network/network-view.js";
import { createZoom } from "./network/map-tooltip.js";

const $ = (id) => document.getElementById(id);

const page = createPage();
const { state, drawing } = page;
const getSize = () => state.get().size;

// Widgets.
const zoom = createZoom($("zoom"), page);
const opening = attachOpening($("layers"), page);
const tower = createTower($("tower"), page, { zoom, onOpen: opening.open, onPoint });
const film = createFilm($("film"), page);
const input = createInput($("input"), $("input-readout"), {
  getTheme, copy: $("tower").querySelector(".source canvas"), onPoint: (pixel) => state.set({ pixel }),
});
const answer = createAnswer({ digit: $("digit"), sure: $("sure"), softmax: $("softmax"), bars: $("bars"), said: $("said") });
const notice = createNotice($("notice"), $("notice-said"), { onRetry: tryNow });
const pad = createPad($("pad"), { getDrawing: drawing, getSize, onStroke });
attachPadKeys($("pad"), $("pad-cursor"), { getSize, onStroke });
const select = attachModel($("model"), { onChoose: (model) => state.set({ model }) });
const panels = createPanels($("panels"), $("inside"), page);
const classroom = createClassroom($, page, { notice });
createSight({ pad: $("pad"), input: $("input"), tower, page });
const pickExample = createExamples(document.body.dataset.testDigits);

// Reading.
const patience = createPatience({ onAway: notice.away, onBack: () => notice.clear("away") });
const reader = createReading(page, { answer, input, tower, notice });

function onPoint(pointed) {
  const key = (cell) => cell && formatOpen(cell);
  if (key(pointed) !== key(state.get().pointed)) state.set({ pointed });
}

// Drawing.
function onStroke(stroke, ended) {
  photos.stop(); // a picture that is still on its way is no longer wanted
  const { history } = state.get();
  if (ended) state.set({ stroke: null, history: commit(history, withStroke(history.present, stroke)) });
  else state.set({ stroke });
  reader.changed(ended);
}

function swapDrawing(history) {
  if (history === state.get().history) return;
  state.set({ history });
  notice.clear("problem");
  if (history.present.picture?.body === null) notice.problem(t("notice.no_digit"), t("notice.no_digit_advice"));
  reader.replaced();
}

function replaceDrawing(history) {
  photos.stop();
  swapDrawing(history);
}

page.draw = (drawing) => replaceDrawing(commit(state.get().history, drawing));

const clear = () => { photos.stop(); if (!isBlank(drawing())) page.draw(BLANK); };
const stepBack = () => replaceDrawing(undo(state.get().history));
const stepForward = () => replaceDrawing(redo(state.get().history));

const photos = createPhotos($, {
  state, patience, swapDrawing, complain: notice.complain,
  getModel: () => ready.then(() => page.model()?.name ?? null),
});
page.take = (bring) => {
  photos.take(bring);
  $("pad").scrollIntoView({ block: "nearest" }); // on a phone it lies far above
};
const putExample = (digit) => photos.take(() => pickExample(digit));

function setSize(size) {
  state.set({ size: Math.min(MAX_SIZE, Math.max(MIN_SIZE, size)) });
}

// The state on the page.
state.subscribe((now, before) => {
  if (now.history !== before.history || now.stroke !== before.stroke) showDrawing(now);
  if (now.size !== before.size) $("brush").value = now.size;
  if (now.model !== before.model || now.models !== before.models) showModel(now);
  if (now.presenting !== before.presenting) applyPresenting($("present"), now.presenting);
});

function showDrawing({ history }) {
  $("invitation").classList.toggle("away", !isBlank(drawing()));
  $("undo").disabled = history.past.length === 0;
  $("redo").disabled = history.future.length === 0;
  pad.repaint();
  photos.show(state.get());
}

function showModel(now) {
  if (!now.models) return;
  const model = page.model();
  if (!model) return; // an unknown name in the address: ready() and hashchange put the default in its place
  select.show(now.models, model.name);
  tower.build(model);
  photos.show(now);
  reader.replaced();
}

async function loadModels() {
  try {
    const { models, default: standard } = await patience.ask(fetchModels);
    const fallback = standard ?? models[0]?.name;
    if (!fallback) return notice.problem(t("notice.no_network"), t("notice.no_network_advice"));
    state.set({ models, fallback, model: known(state.get().model, { models, fallback }) });
    if (!standard) notice.problem(t("notice.default_broken"), t("notice.default_broken_advice"));
  } catch (error) {
    notice.complain(error);
  }
}

function tryNow() {
  patience.wake();
  reader.retry();
}

attachControls($, {
  clear, undo: stepBack, redo: stepForward, example: putExample, escape: () => opening.up() || photos.escape(), setSize, getSize,
  present: () => state.set({ presenting: !state.get().presenting }),
});
attachAddress(page, { replaceDrawing });
attachLanguage($("language"), classroom.link);
attachTheme($("theme"), () => { tower.paint(); input.paint(); film.paint(); panels.paint(); opening.paint(); });
for (const signal of ["online", "focus"]) window.addEventListener(signal, tryNow);

applyPresenting($("present"), state.get().presenting);
showDrawing(state.get());
const ready = loadModels();
