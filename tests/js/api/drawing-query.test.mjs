import assert from "node:assert/strict";
import { test } from "node:test";
import { Away } from "../../../static/js/api/client.js";
import { createAsking } from "../../../static/js/api/drawing-query.js";
import { createState } from "../../../static/js/app/store.js";
import { createClock } from "../../support/clock.mjs";

function asking(answers) {
  const state = createState({ history: 1, stroke: null, model: "a", models: [], scaled: true, centred: true, answer: null });
  const heard = [];
  const clock = createClock();
  let asked = 0;
  const panel = createAsking({ state }, {
    ask() {
      asked += 1;
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    show: (answer) => heard.push(answer),
    fail: (error) => heard.push(error.message),
    clock,
  });
  const change = async (patch) => {
    state.set(patch);
    panel.update();
    await clock.pass(0);
  };
  return { heard, change, clock, count: () => asked };
}

test("it asks when the drawing or the way of reading changes, and not while the pen moves", async () => {
  const { heard, change, count } = asking([1, 2, 3]);
  await change({});
  await change({ stroke: "moving" });
  await change({ answer: "of the page" });
  assert.equal(count(), 1);
  await change({ stroke: null, history: 2 });
  await change({ centred: false });
  assert.equal(count(), 3);
  assert.deepEqual(heard, [1, 2, 3]);
});

test("of several questions only the latest is answered", async () => {
  const { heard, change } = asking([1, 2]);
  change({});
  await change({ history: 2 });
  assert.deepEqual(heard, [2]);
});

test("where the server is away it says so and asks again until there is an answer", async () => {
  const { heard, change, clock, count } = asking([new Away(), new Away(), "back"]);
  const away = "the server does not answer";
  await change({});
  assert.deepEqual(heard, [away]);
  await clock.pass(1200);
  assert.deepEqual(heard, [away, away]);
  await clock.pass(60_000);
  assert.deepEqual(heard, [away, away, "back"]);
  assert.equal(count(), 3);
});

test("what was asked of a server that is away is forgotten when something newer is asked", async () => {
  const { heard, change, clock, count } = asking([new Away(), "newer"]);
  await change({});
  await change({ history: 2 });
  await clock.pass(60_000);
  assert.deepEqual(heard.slice(1), ["newer"]);
  assert.equal(count(), 2);
});

test("a refusal is not repeated", async () => {
  const { heard, change, clock, count } = asking([new Error("refused"), 1]);
  await change({});
  await change({ answer: "read" });
  await clock.pass(60_000);
  assert.deepEqual(heard, ["refused"]);
  assert.equal(count(), 1);
});
