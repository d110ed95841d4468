// Undo and redo over whole drawings. A drawing is a value: { strokes, picture }, never changed in place.
export const BLANK = Object.freeze({ strokes: Object.freeze([]), picture: null });

const LIMIT = 200;

export const isBlank = (drawing) => drawing.strokes.length === 0 && drawing.picture === null;

export const createHistory = () => ({ past: [], present: BLANK, future: [] });

export const commit = (history, drawing) => ({
  past: [...history.past, history.present].slice(-LIMIT),
  present: drawing,
  future: [],
});

// The same step, shown otherwise: another digit of a sheet, or the sheet read by another network.
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

// A new stroke goes on top of other strokes, but takes the place of a picture.
export function withStroke(drawing, stroke) {
  const strokes = drawing.picture ? [] : drawing.strokes;
  return { strokes: [...strokes, stroke], picture: null };
}
