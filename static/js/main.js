// Connects the widgets to the shared state. `state` holds everything that the page remembers; widgets only show it.
import { attachUrlSync, existingModel } from "./app/url-sync.js";
import { createAnswerView } from "./prediction/answer.js";
import { fetchModels } from "./api/client.js";
import { applyPresenting, attachTheme, getTheme } from "./app/theme.js";
import { createClassroom } from "./classroom/classroom.js";
import { attachToolbar } from "./app/toolbar.js";
import { createPreprocessingView } from "./prediction/preprocessing-view.js";
import { BLANK, commit, isBlank, redo, undo, withStroke } from "./app/undo-history.js";
import { createInputView } from "./prediction/input-view.js";
import { t } from "./lib/i18n.js";
import { attachLanguageSelect } from "./app/language-select.js";
import { attachModelSelect } from "./app/model-select.js";
import { createNotice } from "./app/notice.js";
import { formatOpen } from "./app/open-cell.js";
import { attachDrawer } from "./explain/open-drawer.js";
import { createPad } from "./drawing/pad.js";
import { attachKeyboardPen } from "./drawing/keyboard-pen.js";
import { createContext } from "./app/context.js";
import { createTabs } from "./app/tabs.js";
import { createRetry } from "./api/retry.js";
import { createPhotoController } from "./photos/controller.js";
import { createLivePrediction } from "./prediction/live-prediction.js";
import { createReceptiveFieldOverlay } from "./network/receptive-field-overlay.js";
import { MAX_SIZE, MIN_SIZE } from "./drawing/strokes.js";
import { createNetworkView } from "./network/network-view.js";
import { createMapTooltip } from "./network/map-tooltip.js";

const $ = (id) => document.getElementById(id);

const context = createContext();
const { state, drawing } = context;
const getSize = () => state.get().size;

// Widgets that show the network and its prediction.
const tooltip = createMapTooltip($("zoom"), context);
const drawer = attachDrawer($("layers"), context);
const networkView = createNetworkView($("tower"), context, { tooltip, onOpen: drawer.open, onPoint });
const preprocessingView = createPreprocessingView($("film"), context);
const inputView = createInputView($("input"), $("input-readout"), {
  getTheme, copy: $("tower").querySelector(".source canvas"), onPoint: (pixel) => state.set({ pixel }),
});
const answerView = createAnswerView({
  digit: $("digit"), sure: $("sure"), softmax: $("softmax"), bars: $("bars"), liveRegion: $("said"),
});
const notice = createNotice($("notice"), $("notice-said"), { onRetry: retryNow });
createReceptiveFieldOverlay({ pad: $("pad"), input: $("input"), networkView, context });

function onPoint(pointed) {
  const key = (cell) => cell && formatOpen(cell);
  if (key(pointed) !== key(state.get().pointed)) state.set({ pointed });
}

// Predictions and photos.
const retry = createRetry({ onUnavailable: notice.showUnavailable, onAvailable: () => notice.clear("away") });
const livePrediction = createLivePrediction(context, { answerView, inputView, networkView, notice });
const photos = createPhotoController($, {
  state, retry, swapDrawing, onError: notice.showError,
  getModel: () => modelsLoaded.then(() => context.model()?.name ?? null),
});

// Sets the history without cancelling a picture that is loading.
function swapDrawing(history) {
  if (history === state.get().history) return;
  state.set({ history });
  notice.clear("problem");
  if (history.present.picture?.body === null) notice.showProblem(t("notice.no_digit"), t("notice.no_digit_advice"));
  livePrediction.replaced();
}

function replaceDrawing(history) {
  photos.stop();
  swapDrawing(history);
}

// Commands that panels get.
const commands = Object.freeze({
  // Adds a drawing to the undo history.
  draw: (newDrawing) => replaceDrawing(commit(state.get().history, newDrawing)),
  // Loads a picture onto the pad, see photos/loading.js.
  take(loadPicture) {
    photos.take(loadPicture);
    $("pad").scrollIntoView({ block: "nearest" }); // on a phone the pad is far above the panels
  },
});

// Widgets that change the drawing.
const pad = createPad($("pad"), { getDrawing: drawing, getSize, onStroke });
attachKeyboardPen($("pad"), $("pad-cursor"), { getSize, onStroke });
const modelSelect = attachModelSelect($("model"), { onChoose: (model) => state.set({ model }) });
const tabs = createTabs($("panels"), $("inside"), context, commands);
const classroom = createClassroom($, context, { notice });

function onStroke(stroke, ended) {
  photos.stop(); // drawing cancels a picture that is loading
  const { history } = state.get();
  if (ended) state.set({ stroke: null, history: commit(history, withStroke(history.present, stroke)) });
  else state.set({ stroke });
  livePrediction.changed(ended);
}

function clear() {
  photos.stop();
  if (!isBlank(drawing())) commands.draw(BLANK);
}

// Loads the code of the examples at the first call.
async function loadExample(digit) {
  const module = await import("./photos/mnist-examples.js").catch(() => {
    throw new Error(t("notice.sheet_missing"));
  });
  return module.pickExample(document.body.dataset.testDigits, digit);
}

function setSize(size) {
  state.set({ size: Math.min(MAX_SIZE, Math.max(MIN_SIZE, size)) });
}

attachToolbar($, {
  clear, setSize, getSize,
  undo: () => replaceDrawing(undo(state.get().history)),
  redo: () => replaceDrawing(redo(state.get().history)),
  example: (digit) => photos.take(() => loadExample(digit)),
  cancel: () => drawer.up() || photos.cancel(),
  present: () => state.set({ presenting: !state.get().presenting }),
});

// Shows the state.
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
  const model = context.model();
  if (!model) return; // a link with an unknown name: loadModels and url-sync replace it by the default
  modelSelect.show(now.models, model.name);
  networkView.build(model);
  photos.show(now);
  livePrediction.replaced();
}

async function loadModels() {
  try {
    const { models, default: standard } = await retry.run(fetchModels);
    const fallback = standard ?? models[0]?.name;
    if (!fallback) return notice.showProblem(t("notice.no_network"), t("notice.no_network_advice"));
    state.set({ models, fallback, model: existingModel(state.get().model, { models, fallback }) });
    if (!standard) notice.showProblem(t("notice.default_broken"), t("notice.default_broken_advice"));
  } catch (error) {
    notice.showError(error);
  }
}

function retryNow() {
  retry.retryNow();
  livePrediction.retryNow();
}

attachUrlSync(context, { replaceDrawing });
attachLanguageSelect($("language"), classroom.link);
const themedViews = [networkView, inputView, preprocessingView, tabs, drawer];
attachTheme($("theme"), () => { for (const view of themedViews) view.paint(); });
for (const signal of ["online", "focus"]) window.addEventListener(signal, retryNow);

applyPresenting($("present"), state.get().presenting);
showDrawing(state.get());
const modelsLoaded = loadModels();
