import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerUnavailable } from "../../../static/js/api/client.js";
import { createDrawingQuery } from "../../../static/js/api/drawing-query.js";
import { createStore } from "../../../static/js/app/store.js";
import { createClock } from "../../support/clock.mjs";

function setUp(answers) {
  const state = createStore({ history: 1, stroke: null, model: "a", models: [], scaled: true, centred: true, answer: null });
  const shown = [];
  const clock = createClock();
  let requests = 0;
  const panel = createDrawingQuery({ state }, {
    ask() {
      requests += 1;
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    show: (answer) => shown.push(answer),
    fail: (error) => shown.push(error.message),
    clock,
  });
  const change = async (patch) => {
    state.set(patch);
    panel.update();
    await clock.pass(0);
  };
  return { shown, change, clock, count: () => requests };
}

test("a request follows a change of the drawing or the preprocessing, but not a stroke that is still drawn", async () => {
  const { shown, change, count } = setUp([1, 2, 3]);
  await change({});
  await change({ stroke: "moving" });
  await change({ answer: "of the page" });
  assert.equal(count(), 1);
  await change({ stroke: null, history: 2 });
  await change({ centred: false });
  assert.equal(count(), 3);
  assert.deepEqual(shown, [1, 2, 3]);
});

test("only the latest of several requests is answered", async () => {
  const { shown, change } = setUp([1, 2]);
  change({});
  await change({ history: 2 });
  assert.deepEqual(shown, [2]);
});

test("an unavailable server is reported and asked again until it answers", async () => {
  const { shown, change, clock, count } = setUp([new ServerUnavailable(), new ServerUnavailable(), "back"]);
  const away = "the server does not answer";
  await change({});
  assert.deepEqual(shown, [away]);
  await clock.pass(1200);
  assert.deepEqual(shown, [away, away]);
  await clock.pass(60_000);
  assert.deepEqual(shown, [away, away, "back"]);
  assert.equal(count(), 3);
});

test("a newer request replaces one that waits for the server", async () => {
  const { shown, change, clock, count } = setUp([new ServerUnavailable(), "newer"]);
  await change({});
  await change({ history: 2 });
  await clock.pass(60_000);
  assert.deepEqual(shown.slice(1), ["newer"]);
  assert.equal(count(), 2);
});

test("a refused request is not repeated", async () => {
  const { shown, change, clock, count } = setUp([new Error("refused"), 1]);
  await change({});
  await change({ answer: "read" });
  await clock.pass(60_000);
  assert.deepEqual(shown, ["refused"]);
  assert.equal(count(), 1);
});
