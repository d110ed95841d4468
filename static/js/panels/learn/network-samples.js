// Shows what the network in training computes now: the probabilities of the drawing, its first kernels, and its
// predictions for test digits.
import { postPicture } from "../../api/client.js";
import { createRetry } from "../../api/retry.js";
import { decodeFloats } from "../../lib/decode.js";
import { t } from "../../lib/i18n.js";
import { createLatestOnly } from "../../lib/latest-only.js";
import { createKernelImages } from "../../network/kernel-images.js";
import { digitToPicture } from "../../photos/digit-image.js";
import { loadExampleDigits } from "../../photos/mnist-examples.js";
import { createProbabilityBars } from "../../prediction/probability-bars.js";
import { createDigitTiles } from "../digit-tiles.js";

const DIGITS_PER_CLASS = 4;
const REQUEST_GAP_MS = 300;
const LARGE_KERNEL_SIDE = 10; // a linear layer's 28×28 weights need larger images than a convolution's
const DRAWING_FIELDS = ["history", "scaled", "centred"]; // of the state: a change changes the prediction

// `parts`: see layout.js. `take(load)` puts the picture that `load` promises on the pad.
export function createNetworkSamples(parts, context, { take, onError, onUnavailable, onAvailable }) {
  const bars = createProbabilityBars(parts.probabilities, t("learn.drawing"));
  const kernelImages = createKernelImages(parts.kernels, { getTheme: context.getTheme });
  const tiles = createDigitTiles(parts.tiles, {
    getTheme: context.getTheme, onChoose: (bytes) => take(() => digitToPicture(bytes)),
  });
  let requestedState = {}; // the state at the latest request

  async function fetchSamples(signal) {
    requestedState = context.state.get();
    const { model, ...query } = context.query();
    const picture = context.picture() ?? new Uint8Array();
    const digits = await loadExampleDigits(document.body.dataset.testDigits, DIGITS_PER_CLASS);
    return { digits, ...await postPicture("api/training/look", picture, query, signal) };
  }

  function show({ digits, reading, kernels: { of, shape, data }, sheet }) {
    bars.show(reading?.probabilities ?? null);
    parts.drawingNote.textContent = reading ? "" : t("learn.no_drawing");
    showKernels(decodeFloats({ shape, data }), of);
    showTiles(digits, sheet);
  }

  function showKernels({ values, shape }, of) {
    parts.kernels.style.setProperty("--kernel", shape[1] >= LARGE_KERNEL_SIDE ? "3.5rem" : "2rem");
    kernelImages.show({ values, shape, label: t("learn.kernels_label") });
    const key = of > shape[0] ? "learn.kernels_some" : "learn.kernels_all";
    parts.kernelsNote.textContent = t(key, { shown: shape[0], of });
  }

  function showTiles(digits, predictions) {
    const labels = predictions.map((_, i) => Math.floor(i / DIGITS_PER_CLASS));
    tiles.show(digits, predictions.map((read, i) => ({
      what: read, how: "", apart: read !== labels[i], label: t("learn.tile", { label: labels[i], read }),
    })));
    const right = predictions.filter((read, i) => read === labels[i]).length;
    parts.tilesNote.textContent = t("learn.right", { right, of: predictions.length });
  }

  const retry = createRetry({ onUnavailable, onAvailable });
  const latest = createLatestOnly({
    gap: REQUEST_GAP_MS,
    send: (_, signal) => retry.run(() => fetchSamples(signal), { signal }),
    done: show,
    failed: onError,
  });
  bars.show(null);

  return {
    request: () => latest.ask(true),
    // Requests new samples if the drawing has changed.
    update(state) {
      if (DRAWING_FIELDS.some((name) => state[name] !== requestedState[name])) latest.ask(true);
    },
    paint() {
      kernelImages.paint();
      tiles.paint();
    },
  };
}
