import assert from "node:assert/strict";
import { test } from "node:test";
import { createLatestOnly } from "../../../static/js/lib/latest-only.js";
import { createClock } from "../../support/clock.mjs";

// Every job waits until the test answers it.
function setUp(options = {}) {
  const clock = createClock();
  const sent = [];
  const done = [];
  const failed = [];
  const latest = createLatestOnly({
    send: (job, signal) => new Promise((answer, fail) => { sent.push({ job, signal, answer, fail }); }),
    done: (answer) => done.push(answer),
    failed: (error) => failed.push(error.message),
    clock,
    ...options,
  });
  return { clock, sent, done, failed, latest };
}

test("one job runs, the latest is next, those between are dropped", async () => {
  const { clock, sent, done, latest } = setUp();
  for (const job of [1, 2, 3, 4]) latest.ask(job);
  assert.deepEqual(sent.map(({ job }) => job), [1]);
  sent[0].answer("one");
  await clock.pass(0);
  assert.deepEqual(sent.map(({ job }) => job), [1, 4]);
  sent[1].answer("four");
  await clock.pass(0);
  assert.deepEqual(done, ["one", "four"]);
  assert.ok(!latest.busy);
});

test("cancel aborts the running job, drops its answer and lets the next start at once", async () => {
  const { clock, sent, done, latest } = setUp();
  latest.ask("old");
  latest.cancel();
  assert.ok(sent[0].signal.aborted);
  latest.ask("new");
  assert.deepEqual(sent.map(({ job }) => job), ["old", "new"]);
  sent[1].answer("new");
  sent[0].answer("old");
  await clock.pass(0);
  assert.deepEqual(done, ["new"]);
});

test("a failure of a cancelled job is not reported", async () => {
  const { clock, sent, failed, latest } = setUp();
  latest.ask("old");
  latest.cancel();
  sent[0].fail(new Error("aborted"));
  await clock.pass(0);
  assert.deepEqual(failed, []);
});

test("two starts are at least the gap apart", async () => {
  const { clock, sent, latest } = setUp({ gap: 60 });
  latest.ask(1);
  sent[0].answer();
  await clock.pass(10);
  latest.ask(2);
  await clock.pass(40);
  assert.equal(sent.length, 1);
  await clock.pass(20);
  assert.equal(sent.length, 2);
});

test("while held, jobs wait; release starts the latest", async () => {
  const { sent, latest } = setUp();
  latest.hold();
  latest.ask(1);
  latest.ask(2);
  assert.equal(sent.length, 0);
  latest.release();
  assert.deepEqual(sent.map(({ job }) => job), [2]);
});

test("a failure is reported, and the next job starts", async () => {
  const { clock, sent, failed, latest } = setUp();
  latest.ask(1);
  latest.ask(2);
  sent[0].fail(new Error("broken"));
  await clock.pass(0);
  assert.deepEqual(failed, ["broken"]);
  assert.equal(sent.length, 2);
});
