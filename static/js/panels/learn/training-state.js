// What the events of a training add up to: two pairs of curves, and how it stands. Arithmetic only.
const LOSS = 3; // of no more than the first is shown: a network that knows nothing has 2.3, one that is thrown off thousands

// Both lists hold { x, y } with rising x. → the xs of both, and a y for each of them or null: straight between two points
// of a list, so that the line through all of them is the line through its own; nothing before its first and after its last
export function merged(...lists) {
  const xs = [...new Set(lists.flatMap((list) => list.map(({ x }) => x)))].sort((a, b) => a - b);
  return { xs, values: lists.map((list) => along(list, xs)) };
}

function along(list, xs) {
  let at = 0;
  return xs.map((x) => {
    while (at < list.length && list[at].x < x) at += 1;
    if (at === list.length || (at === 0 && list[0].x > x)) return null;
    const next = list[at];
    if (next.x === x) return next.y;
    const { x: from, y } = list[at - 1];
    return y + ((x - from) / (next.x - from)) * (next.y - y);
  });
}

const NOTHING = {
  phase: "none", // none, preparing, learning, paused, testing, finished or failed
  said: "", why: null, message: "", epoch: 0, epochs: 0, digits: 0, seconds: 0, parameters: null,
  accuracy: null, // the latest on validation digits; in the end on the test digits
  steps: [], // { x: digits, loss, accuracy } of what it learns from …
  measured: [], // … and of validation digits
};

export const nothing = () => ({ ...NOTHING, steps: [], measured: [] });
export const preparing = () => ({ ...nothing(), phase: "preparing" });

const point = ({ digits, loss, accuracy }) => ({ x: digits, loss, accuracy });

const EVENTS = {
  preparing: (now, { text }) => ({ phase: "preparing", said: text }),
  began: (now, { parameters, epochs }) => ({ phase: "learning", parameters, epochs }),
  step: (now, event) => ({ epoch: event.epoch, digits: event.digits, steps: [...now.steps, point(event)] }),
  measured: (now, event) => ({ accuracy: event.accuracy, measured: [...now.measured, point(event)] }),
  epoch: (now, { accuracy }) => ({ accuracy }),
  paused: () => ({ phase: "paused" }),
  resumed: () => ({ phase: "learning" }),
  ending: (now, { why }) => ({ phase: "testing", why }),
  finished: (now, { why, accuracy, epoch }) => ({ phase: "finished", why, accuracy, epoch }),
  failed: (now, { why, message }) => ({ phase: "failed", why, message }),
};

// How things stand after one more event.
export function after(now, event) {
  const change = EVENTS[event.event];
  return change ? { ...now, seconds: event.seconds, ...change(now, event) } : now;
}

// The curves of `name`, "loss" or "accuracy": { xs, values: [training, validation] }.
export function curves({ steps, measured }, name) {
  const limit = name === "loss" ? LOSS : 100;
  return merged(...[steps, measured].map((list) => list.filter((each) => each[name] !== null).map((each) => ({ x: each.x, y: Math.min(limit, each[name]) }))));
}

export const under = ({ phase }) => ["preparing", "learning", "paused", "testing"].includes(phase);
