// Loads photos, shows their digits and puts one on the pad. A photo is one step of the undo history. Choosing another
// digit replaces the drawing of that step.
import { readPage, RequestRefused } from "../api/client.js";
import { amend, commit } from "../app/undo-history.js";
import { createBusyIndicator, createPictureLoader } from "./loading.js";
import { attachFileInput, preparePicture } from "./file-input.js";
import { createPageRereader, pictureFromPhoto, selectDigit } from "./page-reading.js";
import { createPageView } from "./page-view.js";

const toDrawing = (picture) => ({ strokes: [], picture });
const photoOf = ({ history, stroke }) => (stroke ? null : history.present.picture?.photo ?? null);

// `getModel()` resolves to the name of the chosen network, or null without any.
export function createPhotoController($, { state, getModel, retry, swapDrawing, onError }) {
  const onClosed = () => $("pad").focus({ preventScroll: true });
  const view = createPageView($("sheet"), { liveRegion: $("sheet-said"), onChoose: choose, onClose: close, onClosed });

  const read = (source, model, signal) =>
    retry.run(() => readPage(source.body, { model, signal }), { signal, kept: "picture" });

  const loader = createPictureLoader({
    indicator: createBusyIndicator($("busy"), { onCancel: () => loader.stop() }),
    onFailed: onError,
    onLoaded(picture) {
      swapDrawing(commit(state.get().history, toDrawing(picture)));
      if (picture.photo) view.reveal();
    },
  });

  const loadFile = (file) => loader.take(async (signal) => {
    const source = await preparePicture(file);
    const model = await getModel();
    if (!model) throw new RequestRefused({ type: "no-network" });
    return pictureFromPhoto(source, await read(source, model, signal), model);
  });
  attachFileInput({ choosers: [$("upload"), $("camera")], root: document.documentElement, onFile: loadFile });

  const reread = createPageRereader({
    read,
    onFailed: onError,
    onRead(source, prediction, model) {
      const { history } = state.get();
      const { index } = history.present.picture.photo;
      swapDrawing(amend(history, toDrawing(pictureFromPhoto(source, prediction, model, index))));
    },
  });

  function choose(index) {
    const { history } = state.get();
    const { photo } = history.present.picture;
    loader.stop();
    if (index !== photo.index) swapDrawing(amend(history, toDrawing(selectDigit(photo, index))));
  }

  // Keeps the digit on the pad. Undo brings the photo back.
  function close() {
    const { history } = state.get();
    const { image, body } = history.present.picture;
    loader.stop();
    swapDrawing(commit(history, toDrawing({ image, body })));
  }

  return {
    take: loader.take,
    stop: loader.stop,
    // Cancels a picture that is loading, else closes the photo.
    cancel() {
      if (loader.busy) loader.stop();
      else if (photoOf(state.get())) close();
    },
    show(now) {
      const photo = photoOf(now);
      view.show(photo, photo !== null && photo.model !== now.model);
      reread(photo, now.model);
    },
  };
}
