// Pictures on the page: one comes, its digits are found, the first of them is the drawing, and a sheet shows the others.
// What comes is one step for undo; another digit of its sheet is the same step, shown otherwise.
import { readPage, Refused } from "../api/client.js";
import { createBusy } from "./busy.js";
import { amend, commit } from "../app/undo-history.js";
import { createIntake } from "./loading.js";
import { attachPictures, preparePicture } from "./file-input.js";
import { createReread, pictureOf, turnTo } from "./page-reading.js";
import { createSheetView } from "./page-view.js";

const withPicture = (picture) => ({ strokes: [], picture });
const sheetOf = ({ history, stroke }) => (stroke ? null : history.present.picture?.sheet ?? null);

// `getModel()` promises the name of the chosen network, or null where there is none.
export function createPhotos($, { state, getModel, patience, swapDrawing, complain }) {
  const onGone = () => $("pad").focus({ preventScroll: true });
  const view = createSheetView($("sheet"), { said: $("sheet-said"), onChoose: choose, onClose: close, onGone });

  const ask = (page, model, signal) =>
    patience.ask(() => readPage(page.body, { model, signal }), { signal, kept: "picture" });

  const intake = createIntake({
    busy: createBusy($("busy"), { onCancel: () => intake.stop() }),
    onFailed: complain,
    onArrived(picture) {
      swapDrawing(commit(state.get().history, withPicture(picture)));
      if (picture.sheet) view.bring();
    },
  });

  const put = (file) => intake.take(async (signal) => {
    const page = await preparePicture(file);
    const model = await getModel();
    if (!model) throw new Refused({ type: "no-network" });
    return pictureOf(page, await ask(page, model, signal), model);
  });
  attachPictures({ choosers: [$("upload"), $("camera")], page: document.documentElement, onFile: put });

  const reread = createReread({
    read: ask,
    onFailed: complain,
    onRead(page, read, model) {
      const { history } = state.get();
      const { at } = history.present.picture.sheet;
      swapDrawing(amend(history, withPicture(pictureOf(page, read, model, at))));
    },
  });

  function choose(at) {
    const { history } = state.get();
    const { sheet } = history.present.picture;
    intake.stop();
    if (at !== sheet.at) swapDrawing(amend(history, withPicture(turnTo(sheet, at))));
  }

  // The digit stays; undo brings the sheet back.
  function close() {
    const { history } = state.get();
    const { image, body } = history.present.picture;
    intake.stop();
    swapDrawing(commit(history, withPicture({ image, body })));
  }

  return {
    take: intake.take,
    // What is still on its way is no longer wanted.
    stop: intake.stop,
    // Takes back the last that came up: a picture on its way, else the sheet.
    escape() {
      if (intake.busy) intake.stop();
      else if (sheetOf(state.get())) close();
    },
    show(now) {
      const sheet = sheetOf(now);
      view.show(sheet, sheet !== null && sheet.model !== now.model);
      reread(sheet, now.model);
    },
  };
}
