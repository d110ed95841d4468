import assert from "node:assert/strict";
import { test } from "node:test";
import { untilMade } from "../../../static/js/panels/progress.js";

const answering = (answers) => async () => answers.shift();

test("it asks until the thing is made, and never tells of less than before", async () => {
  const told = [];
  const answers = [{ done: 400, of: 1000 }, { done: 100, of: 1000 }, { done: 900, of: 1000 }, { counts: [1] }, "never asked for"];
  const made = await untilMade(answering(answers), { onProgress: ({ done }) => told.push(done), pause: async () => {} });
  assert.deepEqual(made, { counts: [1] });
  assert.deepEqual(told, [400, 400, 900]);
  assert.equal(answers.length, 1);
});

test("nothing to ask about is an answer", async () => {
  assert.equal(await untilMade(async () => null, {}), null);
});

test("who is no longer wanted stops asking", async () => {
  const controller = new AbortController();
  const asked = untilMade(answering([{ done: 1, of: 2 }]), {
    onProgress: () => controller.abort(), signal: controller.signal, pause: async () => {},
  });
  await assert.rejects(asked, { name: "AbortError" });
});
