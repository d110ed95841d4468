import assert from "node:assert/strict";
import { test } from "node:test";
import { Away, Refused } from "../../../static/js/api/client.js";
import { createPatience } from "../../../static/js/api/retry.js";
import { createClock } from "../../support/clock.mjs";

function setUp(answers) {
  const clock = createClock();
  const log = [];
  const patience = createPatience({
    clock,
    onAway: ({ busy, kept }) => log.push(`away ${busy} ${kept}`),
    onBack: () => log.push("back"),
  });
  const send = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { clock, log, patience, send };
}

test("it asks until the server is back", async () => {
  const { clock, log, patience, send } = setUp([new Away(), new Away(3), "read"]);
  const asked = patience.ask(send, { kept: "picture" });
  await clock.pass(1200);
  await clock.pass(3100);
  assert.equal(await asked, "read");
  assert.deepEqual(log, ["away false picture", "away true picture", "back"]);
});

test("a refusal is not asked again", async () => {
  const { log, patience, send } = setUp([new Refused({ title: "Too large" }), "never"]);
  await assert.rejects(patience.ask(send), { title: "Too large" });
  assert.deepEqual(log, []);
});

test("it can be woken before its time", async () => {
  const { clock, patience, send } = setUp([new Away(), "read"]);
  const asked = patience.ask(send);
  await clock.pass(10);
  patience.wake();
  assert.equal(await asked, "read");
});

test("who gives up is not kept waiting, and the notice goes", async () => {
  const { clock, log, patience, send } = setUp([new Away(), "never"]);
  const controller = new AbortController();
  const asked = patience.ask(send, { signal: controller.signal, kept: "picture" });
  asked.catch(() => {});
  await clock.pass(10);
  controller.abort();
  await assert.rejects(asked, Away);
  assert.deepEqual(log, ["away false picture", "back"]);
});
