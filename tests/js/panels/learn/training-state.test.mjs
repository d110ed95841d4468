import assert from "node:assert/strict";
import { test } from "node:test";
import { after, curves, merged, nothing, under } from "../../../../static/js/panels/learn/training-state.js";
import { followEvents } from "../../../../static/js/api/event-stream.js";
import { createClock } from "../../../support/clock.mjs";

test("two lists of points get one list of xs, and keep their own lines", () => {
  const { xs, values } = merged([{ x: 0, y: 0 }, { x: 4, y: 8 }], [{ x: 2, y: 5 }, { x: 3, y: 5 }]);
  assert.deepEqual(xs, [0, 2, 3, 4]);
  assert.deepEqual(values, [[0, 4, 6, 8], [null, 5, 5, null]]);
  assert.deepEqual(merged([], []), { xs: [], values: [[], []] });
});

test("events add up to where a training stands and to its curves", () => {
  const events = [
    { event: "began", seconds: 0, parameters: 9, epochs: 2 },
    { event: "step", seconds: 1, epoch: 1, digits: 64, loss: 900, accuracy: 10 },
    { event: "measured", seconds: 1, epoch: 1, digits: 64, loss: 2, accuracy: 20 },
    { event: "something of a later version", seconds: 1 },
    { event: "step", seconds: 2, epoch: 1, digits: 128, loss: 1, accuracy: 60 },
  ];
  const now = events.reduce(after, nothing());
  assert.equal(now.phase, "learning");
  assert.ok(under(now));
  assert.equal(now.digits, 128);
  assert.equal(now.accuracy, 20);
  assert.deepEqual(curves(now, "loss"), { xs: [64, 128], values: [[3, 1], [2, null]] });
  const end = after(now, { event: "finished", seconds: 3, why: "done", accuracy: 97.5, epoch: 2 });
  assert.ok(!under(end));
  assert.deepEqual([end.accuracy, end.steps.length], [97.5, 2]);
});

test("what is no number has no place in a curve", () => {
  const events = [
    { event: "step", seconds: 1, epoch: 1, digits: 64, loss: 1, accuracy: 10 },
    { event: "measured", seconds: 1, epoch: 1, digits: 64, loss: null, accuracy: 10 },
    { event: "measured", seconds: 2, epoch: 1, digits: 128, loss: 2, accuracy: 10 },
  ];
  assert.deepEqual(curves(events.reduce(after, nothing()), "loss"), { xs: [64, 128], values: [[1, null], [null, 2]] });
});

test("a stream that ends is gone on with at once, one that is away ever more seldom, one that is over not at all", async () => {
  const clock = createClock();
  const [opened, heard, said] = [[], [], []];
  const open = (url) => {
    const source = { url, readyState: 0, close() {} };
    opened.push(source);
    return source;
  };
  const on = { onEvent: (event) => heard.push(event), onUnavailable: () => said.push("away"), onAvailable: () => said.push("back"), onEnd: () => said.push("end") };
  followEvents("events", { ...on, open, clock });
  opened[0].onopen();
  opened[0].onmessage({ data: '{"event":"began"}', lastEventId: "a-17" });
  opened[0].onerror();
  await clock.pass(100);
  assert.equal(opened[1].url, "events?after=a-17");
  opened[1].onerror();
  await clock.pass(100);
  assert.equal(opened.length, 2);
  await clock.pass(1100);
  assert.equal(opened.length, 3);
  opened[2].onopen();
  opened[2].onerror();
  await clock.pass(100);
  opened[3].readyState = 2;
  opened[3].onerror();
  await clock.pass(60000);
  assert.equal(opened.length, 4);
  assert.deepEqual(heard, [{ event: "began" }]);
  assert.deepEqual(said, ["away", "back", "end"]);
});

test("while nobody looks on nothing is asked for, and then all that was missed", async () => {
  const clock = createClock();
  const opened = [];
  let wanted = true;
  const open = (url) => { opened.push({ url, readyState: 0, close() {} }); return opened.at(-1); };
  followEvents("events", { onEvent() {}, isWanted: () => wanted, open, clock });
  opened[0].onopen();
  opened[0].onmessage({ data: "{}", lastEventId: "a-17" });
  wanted = false;
  opened[0].onerror();
  await clock.pass(10_000);
  assert.equal(opened.length, 1);
  wanted = true;
  await clock.pass(600);
  assert.deepEqual(opened.map(({ url }) => url), ["events", "events?after=a-17"]);
});
