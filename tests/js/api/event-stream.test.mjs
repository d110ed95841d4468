import assert from "node:assert/strict";
import { test } from "node:test";
import { followEvents } from "../../../static/js/api/event-stream.js";
import { createClock } from "../../support/clock.mjs";

test("a stream that the server closes is reopened at once, a failing one after growing delays, a finished one never", async () => {
  const clock = createClock();
  const [opened, events, calls] = [[], [], []];
  const open = (url) => {
    const source = { url, readyState: 0, close() {} };
    opened.push(source);
    return source;
  };
  const on = { onEvent: (event) => events.push(event), onUnavailable: () => calls.push("away"), onAvailable: () => calls.push("back"), onEnd: () => calls.push("end") };
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
  assert.deepEqual(events, [{ event: "began" }]);
  assert.deepEqual(calls, ["away", "back", "end"]);
});

test("while the stream is not wanted it stays closed, then it continues after the last event", async () => {
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
