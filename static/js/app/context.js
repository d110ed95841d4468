// Creates the context that widgets share: the state of the web page, the drawing, and requests about the drawing.
import { postPicture } from "../api/client.js";
import { getTheme } from "./theme.js";
import { historyFromHash, parseHash } from "./url-state.js";
import { isBlank, withStroke } from "./undo-history.js";
import { drawingToPng } from "../drawing/pad.js";
import { createStore } from "./store.js";
import { DEFAULT_SIZE } from "../drawing/strokes.js";

export function createContext() {
  const state = createStore({
    models: null, // the networks, as /api/models lists them
    fallback: null, // the name of the server's default network
    // The fields of a link, see url-state.js. `layer`: null for the first one. `scale`: one colour scale for each
    // "layer" or each "map". `scaled`, `centred`: preprocessing steps.
    ...parseHash(location.hash),
    history: historyFromHash(location.hash),
    stroke: null, // the stroke being drawn
    size: DEFAULT_SIZE,
    predicting: false, // the audience votes before each prediction is shown …
    hidden: false, // … and it is still hidden
    pointed: null, // the cell of a layer under the pointer: { layer, map, cell }
    pixel: null, // the pixel [y, x] of the 28×28 under the pointer
    moment: null, // the snapshot shown by the timeline: { digits, settled }, see panels/timeline.js
    answer: null, // the latest prediction of the drawing, as /api/predict returns it
  });

  // Returns the chosen network as /api/models describes it, or null.
  function model() {
    const { models, model: chosen } = state.get();
    return models?.find(({ name }) => name === chosen) ?? null;
  }

  function drawing() {
    const { history, stroke } = state.get();
    return stroke ? withStroke(history.present, stroke) : history.present;
  }

  // Returns the body of a request: a file or the bytes of a PNG; null for a blank pad or without a network.
  function picture(shown = drawing()) {
    if (isBlank(shown) || !model()) return null;
    return shown.picture ? shown.picture.body : drawingToPng(shown);
  }

  // Returns the query parameters of every request about the drawing.
  function query() {
    const { model: chosen, scaled, centred } = state.get();
    return { model: chosen, ...(scaled ? {} : { scaled: "off" }), ...(centred ? {} : { centred: "off" }) };
  }

  // Posts the drawing and resolves to the response; null for a blank pad. Throws ServerUnavailable or RequestRefused.
  async function ask(path, parameters = {}, signal = undefined, shown = drawing()) {
    const body = await picture(shown);
    return body && postPicture(path, body, { ...query(), ...parameters }, signal);
  }

  // Returns the theme and the colour scale of layers.
  const colorOptions = () => ({ theme: getTheme(), scale: state.get().scale });

  return Object.freeze({ state, getTheme, colorOptions, model, drawing, picture, query, ask });
}
