import assert from "node:assert/strict";
import { test } from "node:test";
import { createPictureLoader } from "../../../static/js/photos/loading.js";

// Every load waits until the test resolves it.
function setUp() {
  const log = [];
  const loads = [];
  const loader = createPictureLoader({
    indicator: { show: () => log.push("busy"), hide: () => {} },
    onLoaded: (picture) => log.push(picture),
    onFailed: (error) => log.push(error.message),
  });
  const take = () => loader.take((signal) => new Promise((resolve, reject) => { loads.push({ signal, resolve, reject }); }));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { loader, log, loads, take, settle };
}

test("a picture is loaded", async () => {
  const { loader, log, loads, take, settle } = setUp();
  take();
  assert.ok(loader.busy);
  loads[0].resolve("photo");
  await settle();
  assert.deepEqual(log, ["busy", "photo"]);
  assert.ok(!loader.busy);
});

test("a newer picture replaces an older one, whichever loads first", async () => {
  const { log, loads, take, settle } = setUp();
  take();
  take();
  assert.ok(loads[0].signal.aborted);
  loads[1].resolve("new");
  loads[0].resolve("old");
  await settle();
  assert.deepEqual(log, ["busy", "busy", "new"]);
});

test("a stopped load reports neither picture nor error", async () => {
  const { loader, log, loads, take, settle } = setUp();
  take();
  loader.stop();
  loads[0].reject(new Error("aborted"));
  await settle();
  assert.deepEqual(log, ["busy"]);
});

test("a failed load is reported once", async () => {
  const { log, loads, take, settle } = setUp();
  take();
  loads[0].reject(new Error("broken"));
  await settle();
  assert.deepEqual(log, ["busy", "broken"]);
});
