import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestRefused, ServerUnavailable } from "../../../static/js/api/client.js";
import { createPredictScheduler } from "../../../static/js/api/predict-scheduler.js";
import { createClock } from "../../support/clock.mjs";

function setUp({ slow = 0 } = {}) {
  const clock = createClock();
  const world = { clock, picture: "ink", respond: () => ({ digit: 7 }), requests: [], answers: [], finals: [], outages: [], recoveries: 0, refused: [] };
  world.scheduler = createPredictScheduler({
    clock,
    snapshot: () => world.picture,
    health: async () => world.respond(),
    async predict(_body, { layers }) {
      world.requests.push(layers);
      if (slow) await new Promise((resolve) => clock.setTimeout(resolve, slow));
      return { ...world.respond(), ...(layers === "all" && { layers: [] }) };
    },
    onAnswer: (answer, final) => { world.answers.push(answer); world.finals.push(final); },
    onRefused: (error) => world.refused.push(error.title),
    onUnavailable: (outage) => world.outages.push(outage),
    onAvailable: () => { world.recoveries += 1; },
  });
  return world;
}

test("all layers come at most four times a second during a stroke, and always at its end", async () => {
  const { clock, scheduler, requests } = setUp();
  for (let i = 0; i < 100; i += 1) {
    scheduler.changed(false);
    await clock.pass(10);
  }
  const all = requests.filter((layers) => layers === "all").length;
  assert.ok(all >= 3 && all <= 5, `${all} times`);
  assert.ok(requests.length >= 40 && requests.length <= 63, `${requests.length} requests per second`);
  scheduler.changed(true);
  await clock.pass(100);
  assert.equal(requests.at(-1), "all");
});

test("slow layers are requested less often, so that the bars keep moving", async () => {
  const { clock, scheduler, requests } = setUp({ slow: 60 });
  for (let i = 0; i < 280; i += 1) {
    scheduler.changed(false);
    await clock.pass(10);
  }
  assert.equal(requests.filter((layers) => layers === "all").length, 4, "at 0, 0.8, 1.6 and 2.4 s");
});

test("when the pen rests on the pad, the layers are requested", async () => {
  const { clock, scheduler, requests } = setUp();
  scheduler.changed(false);
  await clock.pass(100);
  scheduler.changed(false);
  await clock.pass(10);
  assert.deepEqual(requests, ["all", "none"]);
  await clock.pass(1000);
  assert.deepEqual(requests, ["all", "none", "all"]);
});

test("when the pen rests, slow layers are requested once", async () => {
  const { clock, scheduler, requests } = setUp({ slow: 100 });
  for (let i = 0; i < 30; i += 1) {
    scheduler.changed(false);
    await clock.pass(10);
  }
  await clock.pass(2000);
  assert.equal(requests.filter((layers) => layers === "all").length, 2, requests.join());
  assert.equal(requests.at(-1), "all");
  assert.ok(requests.length <= 5, requests.join());
});

test("the last answer is the one for the end of the stroke, however slow earlier answers are", async () => {
  for (let slow = 10; slow <= 400; slow += 30) {
    for (let lifted = 90; lifted <= 390; lifted += 20) {
      const { clock, scheduler, finals } = setUp({ slow });
      for (let at = 0; at < lifted; at += 10) {
        scheduler.changed(false);
        await clock.pass(10);
      }
      scheduler.changed(true);
      await clock.pass(2000);
      assert.equal(finals.at(-1), true, `answers after ${slow} ms, pen lifted after ${lifted} ms`);
    }
  }
});

test("a blank pad is never sent; its answer is null", async () => {
  const world = setUp();
  world.picture = null;
  world.scheduler.replaced();
  await world.clock.pass(100);
  assert.deepEqual(world.requests, []);
  assert.deepEqual(world.answers, [null]);
});

test("an unavailable server is retried with back-off, and then predicts the present drawing", async () => {
  const world = setUp();
  world.respond = () => { throw new ServerUnavailable(); };
  world.scheduler.changed(true);
  await world.clock.pass(20000);
  assert.ok(world.requests.length >= 3 && world.requests.length <= 6, `${world.requests.length} tries in 20 s`);
  assert.equal(world.outages.length, world.requests.length);
  assert.ok(world.outages.at(-1).delay > world.outages[0].delay);
  world.respond = () => ({ digit: 3 });
  await world.clock.pass(9000);
  assert.deepEqual(world.answers, [{ digit: 3, layers: [] }]);
  assert.equal(world.requests.at(-1), "all");
  assert.equal(world.recoveries, 1);
});

test("Retry-After sets the delay and marks the server as busy", async () => {
  const world = setUp();
  world.respond = () => { throw new ServerUnavailable(5); };
  world.scheduler.changed(true);
  await world.clock.pass(4900);
  assert.equal(world.requests.length, 1);
  assert.equal(world.outages[0].busy, true);
  await world.clock.pass(200);
  assert.equal(world.requests.length, 2);
});

test("a blank pad checks an unavailable server too", async () => {
  const world = setUp();
  world.respond = () => { throw new ServerUnavailable(); };
  world.scheduler.changed(true);
  await world.clock.pass(0);
  world.picture = null;
  world.scheduler.replaced();
  world.respond = () => ({});
  await world.clock.pass(2000);
  assert.equal(world.recoveries, 1);
  assert.deepEqual(world.answers, [null]);
});

test("a refused request is reported once and not repeated", async () => {
  const world = setUp();
  world.respond = () => { throw new RequestRefused({ title: "No ink" }); };
  world.scheduler.changed(true);
  await world.clock.pass(60000);
  assert.deepEqual(world.refused, ["No ink"]);
  assert.equal(world.requests.length, 1);
});
