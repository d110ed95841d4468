// Computes the state of a training and its curves from its events.
const MAX_LOSS = 3; // larger ones are cut off: an untrained network has 2.3, a diverging one has thousands
const MAX_PERCENT = 100;

// Gives lists of points { x, y } with rising x a common x axis. Returns { xs, values }: all xs, and for each list a y
// at every x. Between two points of a list y is interpolated linearly; before the first and after the last it is null.
export function mergeLines(...lists) {
  const xs = [...new Set(lists.flatMap((list) => list.map(({ x }) => x)))].sort((a, b) => a - b);
  return { xs, values: lists.map((list) => interpolate(list, xs)) };
}

function interpolate(list, xs) {
  let i = 0;
  return xs.map((x) => {
    while (i < list.length && list[i].x < x) i += 1;
    if (i === list.length || (i === 0 && list[0].x > x)) return null;
    const next = list[i];
    if (next.x === x) return next.y;
    const { x: from, y } = list[i - 1];
    return y + ((x - from) / (next.x - from)) * (next.y - y);
  });
}

const INITIAL = {
  phase: "none", // none, preparing, learning, paused, testing, finished or failed
  progressText: "", // the latest message while preparing
  why: null, message: "", epoch: 0, epochs: 0, digits: 0, seconds: 0, parameters: null,
  accuracy: null, // the latest on validation digits; at the end on the test digits
  steps: [], // { x: digits, loss, accuracy } on training digits
  measured: [], // the same on validation digits
};

export const initialState = () => ({ ...INITIAL, steps: [], measured: [] });
export const preparingState = () => ({ ...initialState(), phase: "preparing" });

const point = ({ digits, loss, accuracy }) => ({ x: digits, loss, accuracy });

// For each event: the fields of the state that it changes.
const CHANGES = {
  preparing: ({ text }) => ({ phase: "preparing", progressText: text }),
  began: ({ parameters, epochs }) => ({ phase: "learning", parameters, epochs }),
  step: (event, state) => ({ epoch: event.epoch, digits: event.digits, steps: [...state.steps, point(event)] }),
  measured: (event, state) => ({ accuracy: event.accuracy, measured: [...state.measured, point(event)] }),
  epoch: ({ accuracy }) => ({ accuracy }),
  paused: () => ({ phase: "paused" }),
  resumed: () => ({ phase: "learning" }),
  ending: ({ why }) => ({ phase: "testing", why }),
  finished: ({ why, accuracy, epoch }) => ({ phase: "finished", why, accuracy, epoch }),
  failed: ({ why, message }) => ({ phase: "failed", why, message }),
};

// Returns the state after one more event; unknown events change nothing.
export function applyEvent(state, event) {
  const change = CHANGES[event.event];
  return change ? { ...state, seconds: event.seconds, ...change(event, state) } : state;
}

// Returns the curves of "loss" or "accuracy": { xs, values: [training, validation] }.
export function curves({ steps, measured }, name) {
  const limit = name === "loss" ? MAX_LOSS : MAX_PERCENT;
  const points = (list) =>
    list.filter((each) => each[name] !== null).map(({ x, [name]: y }) => ({ x, y: Math.min(limit, y) }));
  return mergeLines(points(steps), points(measured));
}

export const isRunning = ({ phase }) => ["preparing", "learning", "paused", "testing"].includes(phase);
