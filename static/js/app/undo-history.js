// Keeps the undo history of whole drawings. A drawing is a value { strokes, picture }, never changed in place.
export const BLANK = Object.freeze({ strokes: Object.freeze([]), picture: null });

const MAX_STEPS = 200;

export const isBlank = (drawing) => drawing.strokes.length === 0 && drawing.picture === null;

export const createHistory = () => ({ past: [], present: BLANK, future: [] });

// Adds a drawing as a new step.
export const commit = (history, drawing) => ({
  past: [...history.past, history.present].slice(-MAX_STEPS),
  present: drawing,
  future: [],
});

// Replaces the drawing of the current step: another digit of the photo, or the prediction of another network.
export const amend = (history, drawing) => ({ ...history, present: drawing });

export function undo(history) {
  if (history.past.length === 0) return history;
  return {
    past: history.past.slice(0, -1),
    present: history.past.at(-1),
    future: [history.present, ...history.future],
  };
}

export function redo(history) {
  if (history.future.length === 0) return history;
  return {
    past: [...history.past, history.present],
    present: history.future[0],
    future: history.future.slice(1),
  };
}

// Adds a stroke to the strokes of a drawing. A picture is replaced.
export function withStroke(drawing, stroke) {
  const strokes = drawing.picture ? [] : drawing.strokes;
  return { strokes: [...strokes, stroke], picture: null };
}
