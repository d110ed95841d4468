import assert from "node:assert/strict";
import { test } from "node:test";
import { createIntake } from "../../../static/js/photos/loading.js";

// Every picture waits until the test hands it over.
function setUp() {
  const log = [];
  const under = [];
  const intake = createIntake({
    busy: { show: () => log.push("busy"), hide: () => {} },
    onArrived: (picture) => log.push(picture),
    onFailed: (error) => log.push(error.message),
  });
  const take = () => intake.take((signal) => new Promise((give, fail) => { under.push({ signal, give, fail }); }));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { intake, log, under, take, settle };
}

test("a picture arrives", async () => {
  const { intake, log, under, take, settle } = setUp();
  take();
  assert.ok(intake.busy);
  under[0].give("photo");
  await settle();
  assert.deepEqual(log, ["busy", "photo"]);
  assert.ok(!intake.busy);
});

test("a newer picture takes the place of an older one, whichever comes first", async () => {
  const { log, under, take, settle } = setUp();
  take();
  take();
  assert.ok(under[0].signal.aborted);
  under[1].give("new");
  under[0].give("old");
  await settle();
  assert.deepEqual(log, ["busy", "busy", "new"]);
});

test("what was stopped neither arrives nor complains", async () => {
  const { intake, log, under, take, settle } = setUp();
  take();
  intake.stop();
  under[0].fail(new Error("aborted"));
  await settle();
  assert.deepEqual(log, ["busy"]);
});

test("what fails is told once", async () => {
  const { log, under, take, settle } = setUp();
  take();
  under[0].fail(new Error("broken"));
  await settle();
  assert.deepEqual(log, ["busy", "broken"]);
});
