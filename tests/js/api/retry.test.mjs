import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestRefused, ServerUnavailable } from "../../../static/js/api/client.js";
import { createRetry } from "../../../static/js/api/retry.js";
import { createClock } from "../../support/clock.mjs";

function setUp(answers) {
  const clock = createClock();
  const log = [];
  const retry = createRetry({
    clock,
    onUnavailable: ({ busy, kept }) => log.push(`unavailable ${busy} ${kept}`),
    onAvailable: () => log.push("available"),
  });
  const send = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { clock, log, retry, send };
}

test("a request is repeated until the server answers", async () => {
  const { clock, log, retry, send } = setUp([new ServerUnavailable(), new ServerUnavailable(3), "read"]);
  const request = retry.run(send, { kept: "picture" });
  await clock.pass(1200);
  await clock.pass(3100);
  assert.equal(await request, "read");
  assert.deepEqual(log, ["unavailable false picture", "unavailable true picture", "available"]);
});

test("a refused request is not repeated", async () => {
  const { log, retry, send } = setUp([new RequestRefused({ title: "Too large" }), "never"]);
  await assert.rejects(retry.run(send), { title: "Too large" });
  assert.deepEqual(log, []);
});

test("retryNow ends the pause", async () => {
  const { clock, retry, send } = setUp([new ServerUnavailable(), "read"]);
  const request = retry.run(send);
  await clock.pass(10);
  retry.retryNow();
  assert.equal(await request, "read");
});

test("an aborted request ends at once and clears the notice", async () => {
  const { clock, log, retry, send } = setUp([new ServerUnavailable(), "never"]);
  const controller = new AbortController();
  const request = retry.run(send, { signal: controller.signal, kept: "picture" });
  request.catch(() => {});
  await clock.pass(10);
  controller.abort();
  await assert.rejects(request, ServerUnavailable);
  assert.deepEqual(log, ["unavailable false picture", "available"]);
});
