// Saves the drawing, a picture of all layers, or their numbers as a file.
import { ServerUnavailable } from "../api/client.js";
import { t } from "../lib/i18n.js";
import { modelTitle } from "../app/model-select.js";
import { toCsv, toJson } from "./export-numbers.js";
import { networkPicture } from "./export-picture.js";
import { OUTPUT_LAYERS } from "../network/layer-text.js";

const DOWNLOAD_MS = 10_000; // after that the browser has read the file

const file = (content, type) => new Blob([content], { type });

// `picture`: the bytes of a PNG, or the file that was loaded.
const asFile = (picture) => (picture instanceof Blob ? picture : file(picture, "image/png"));

function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const extension = blob.type.split("/")[1]; // png, jpeg, json, csv …
  const anchor = Object.assign(document.createElement("a"), { href: url, download: `${name}.${extension}` });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
}

// While the prediction is hidden, the picture leaves it out.
function layersPicture({ digit, input, layers }, context) {
  const title = modelTitle(context.model());
  if (!context.state.get().hidden) {
    return networkPicture({ input, layers }, t("save.picture_title", { title, digit }), context.getTheme());
  }
  const visible = layers.filter(({ name }) => !OUTPUT_LAYERS.has(name));
  return networkPicture({ input, layers: visible }, title, context.getTheme());
}

// `name`: of the file, without extension. `make(prediction, context)` returns the file or its promise; the prediction
// has all layers, or is null if `needsPrediction` is false.
const FILES = {
  drawing: { name: "inkling-drawing", needsPrediction: false, make: (_, context) => asFile(context.picture()) },
  tower: { name: "inkling-layers", needsPrediction: true, make: layersPicture },
  json: {
    name: "inkling-numbers",
    needsPrediction: true,
    make(prediction, context) {
      const about = { title: modelTitle(context.model()), note: t("save.steps") };
      return file(toJson(prediction, about), "application/json");
    },
  },
  csv: { name: "inkling-numbers", needsPrediction: true, make: (prediction) => file(toCsv(prediction), "text/csv") },
};

let isAttached = false;

export function openSaveDialog(dialog, context, { notice }) {
  const isEmpty = context.picture() === null;
  dialog.classList.toggle("nothing", isEmpty);
  for (const button of dialog.querySelectorAll("[data-save]")) button.disabled = isEmpty;
  dialog.showModal();
  if (isAttached) return;
  isAttached = true;
  dialog.addEventListener("click", async (event) => {
    const kind = FILES[event.target.closest("[data-save]")?.dataset.save];
    if (!kind) return;
    try {
      const prediction = kind.needsPrediction ? await context.ask("api/predict", { layers: "all" }) : null;
      if (prediction || !kind.needsPrediction) download(await kind.make(prediction, context), kind.name);
      dialog.close();
    } catch (error) {
      dialog.close();
      if (error instanceof ServerUnavailable) notice.showProblem(t("problems.away.title"), t("save.away"));
      else notice.showError(error);
    }
  });
}
