import assert from "node:assert/strict";
import { test } from "node:test";
import { pollUntilDone } from "../../../static/js/panels/progress.js";

const answering = (answers) => async () => answers.shift();

test("polls until the result comes, and reports a progress that never goes back", async () => {
  const reported = [];
  const answers = [{ done: 400, of: 1000 }, { done: 100, of: 1000 }, { done: 900, of: 1000 }, { counts: [1] }, "never requested"];
  const result = await pollUntilDone(answering(answers), { onProgress: ({ done }) => reported.push(done), pause: async () => {} });
  assert.deepEqual(result, { counts: [1] });
  assert.deepEqual(reported, [400, 400, 900]);
  assert.equal(answers.length, 1);
});

test("null is a result", async () => {
  assert.equal(await pollUntilDone(async () => null, {}), null);
});

test("an aborted signal stops the polling", async () => {
  const controller = new AbortController();
  const polling = pollUntilDone(answering([{ done: 1, of: 2 }]), {
    onProgress: () => controller.abort(), signal: controller.signal, pause: async () => {},
  });
  await assert.rejects(polling, { name: "AbortError" });
});
