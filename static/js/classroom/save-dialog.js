// Files to keep: the drawing, a picture of all layers, the numbers.
import { ServerUnavailable } from "../api/client.js";
import { t } from "../lib/i18n.js";
import { modelTitle } from "../app/model-select.js";
import { toCsv, toJson } from "./export-numbers.js";
import { towerPicture } from "./export-picture.js";
import { SECRET } from "./vote.js";

const file = (content, type) => new Blob([content], { type });

// The drawing as it is sent: the bytes of a PNG, or the file that was brought.
const asFile = (picture) => (picture instanceof Blob ? picture : file(picture, "image/png"));

function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const ending = blob.type.split("/")[1]; // png, jpeg, json, csv …
  const anchor = Object.assign(document.createElement("a"), { href: url, download: `${name}.${ending}` });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the browser has taken it by then
}

// While the class has yet to guess, the picture does not tell either.
function layersPicture(page, { digit, input, layers }) {
  const title = modelTitle(page.model());
  if (!page.state.get().hidden) return towerPicture({ input, layers }, t("save.picture_title", { title, digit }), page.getTheme());
  return towerPicture({ input, layers: layers.filter(({ name }) => !SECRET.has(name)) }, title, page.getTheme());
}

// What each choice makes, and its file's name, without the ending. All but the drawing take what the layers made of it.
const KINDS = {
  drawing: { name: "inkling-drawing", alone: true, make: (page) => asFile(page.picture()) },
  tower: { name: "inkling-layers", make: layersPicture },
  json: {
    name: "inkling-numbers",
    make: (page, reading) => file(toJson(reading, { title: modelTitle(page.model()), note: t("save.steps") }), "application/json"),
  },
  csv: { name: "inkling-numbers", make: (page, reading) => file(toCsv(reading), "text/csv") },
};

let attached = false;

export function openSaving(dialog, page, { notice }) {
  const empty = page.picture() === null;
  dialog.classList.toggle("nothing", empty);
  for (const button of dialog.querySelectorAll("[data-save]")) button.disabled = empty;
  dialog.showModal();
  if (attached) return;
  attached = true;
  dialog.addEventListener("click", async (event) => {
    const kind = KINDS[event.target.closest("[data-save]")?.dataset.save];
    if (!kind) return;
    try {
      const reading = kind.alone ? null : await page.ask("api/predict", { layers: "all" });
      if (reading || kind.alone) download(await kind.make(page, reading), kind.name);
      dialog.close();
    } catch (error) {
      dialog.close();
      if (error instanceof ServerUnavailable) notice.showProblem(t("problems.away.title"), t("save.away"));
      else notice.showError(error);
    }
  });
}
