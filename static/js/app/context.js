// What every widget may know and ask: the one state, the drawing on the pad, and the server's answers about it.
import { ask } from "../api/client.js";
import { getTheme } from "./theme.js";
import { drawnFrom, parseHash } from "./url-state.js";
import { isBlank, withStroke } from "./undo-history.js";
import { drawingToPng } from "../drawing/pad.js";
import { createState } from "./store.js";
import { DEFAULT_SIZE } from "../drawing/strokes.js";

export function createPage() {
  const state = createState({
    models: null,
    fallback: null, // the server's default network
    // What a link carries: model, presenting, panel, lesson; `layer`, the one chosen in the tower, or null for the first;
    // `open`, the map or cell in the drawer (see opened.js); `scale`, one for each "layer" or each "map"; `scaled` and
    // `centred`, how a drawing is made ready for the network: see digits/preprocessing.py.
    ...parseHash(location.hash),
    history: drawnFrom(location.hash),
    stroke: null, // the one that is being drawn
    size: DEFAULT_SIZE,
    predicting: false, // the class says what it sees before the network does …
    hidden: false, // … and what the network says is hidden so far
    pointed: null, // the cell of a layer that is pointed at: { layer, map, cell }
    pixel: null, // the pixel [y, x] of the 28×28 that is pointed at
    moment: null, // where the timeline stands: { digits, settled }, see panels/timeline.js
    answer: null, // the latest reading of the drawing, as /api/predict gave it
  });

  const page = {
    state,
    getTheme,
    // How the numbers of layers are shown: the theme, and one scale for each "layer" or each "map".
    look: () => ({ theme: getTheme(), scale: state.get().scale }),
    take: null, // puts the picture on the pad that a function promises; main.js gives it
    // The network that reads, as /api/models tells of it, or null.
    model() {
      const { models, model } = state.get();
      return models?.find(({ name }) => name === model) ?? null;
    },
    drawing() {
      const { history, stroke } = state.get();
      return stroke ? withStroke(history.present, stroke) : history.present;
    },
    // The drawing as it is posted, a file or the bytes of a PNG; null where there is nothing to read.
    picture(drawing = page.drawing()) {
      if (isBlank(drawing) || !page.model()) return null;
      return drawing.picture ? drawing.picture.body : drawingToPng(drawing);
    },
    // Puts a drawing on the pad, as a step that can be undone; wired by main.js.
    draw: null,
    // The parameters of every call about the drawing.
    query() {
      const { model, scaled, centred } = state.get();
      return { model, ...(scaled ? {} : { scaled: "off" }), ...(centred ? {} : { centred: "off" }) };
    },
    // What a call such as "api/importance" answers to the drawing; null for an empty pad. Throws Away or Refused.
    async ask(path, parameters = {}, signal = undefined, drawing = page.drawing()) {
      const picture = await page.picture(drawing);
      return picture && ask(path, picture, { ...page.query(), ...parameters }, signal);
    },
  };
  return page;
}
