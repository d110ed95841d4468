import assert from "node:assert/strict";
import { test } from "node:test";
import { Away } from "../../static/js/api.js";
import { createAsking } from "../../static/js/asking.js";
import { createState } from "../../static/js/state.js";

const settled = () => new Promise((resolve) => { setTimeout(resolve, 0); });

function asking(answers) {
  const state = createState({ history: 1, stroke: null, model: "a", models: [], scaled: true, centred: true, answer: null });
  const heard = [];
  let asked = 0;
  const panel = createAsking({ state }, {
    ask() {
      asked += 1;
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    show: (answer) => heard.push(answer),
    fail: (error) => heard.push(error),
  });
  const change = async (patch) => {
    state.set(patch);
    panel.update();
    await settled();
  };
  return { heard, change, count: () => asked };
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

test("where the server was away it asks again once the page has an answer, and only then", async () => {
  const away = new Away();
  const { heard, change, count } = asking([away, "back"]);
  await change({});
  await change({ size: 2 });
  assert.deepEqual(heard, [away]);
  await change({ answer: "read" });
  assert.deepEqual(heard, [away, "back"]);
  await change({ answer: "again" });
  assert.equal(count(), 2);
});

test("a refusal is not repeated", async () => {
  const { change, count } = asking([new Error("refused"), 1]);
  await change({});
  await change({ answer: "read" });
  assert.equal(count(), 1);
});
