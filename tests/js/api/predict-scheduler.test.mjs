import assert from "node:assert/strict";
import { test } from "node:test";
import { Away, Refused } from "../../../static/js/api/client.js";
import { parseRetryAfter, retryDelay } from "../../../static/js/lib/backoff.js";
import { createReader } from "../../../static/js/api/predict-scheduler.js";
import { createClock } from "../../support/clock.mjs";

function setUp({ slow = 0 } = {}) {
  const clock = createClock();
  const world = { clock, picture: "ink", respond: () => ({ digit: 7 }), asked: [], answers: [], finals: [], away: [], back: 0, refused: [] };
  world.reader = createReader({
    clock,
    snapshot: () => world.picture,
    health: async () => world.respond(),
    async predict(body, { layers }) {
      world.asked.push(layers);
      if (slow) await new Promise((resolve) => clock.setTimeout(resolve, slow));
      return { ...world.respond(), ...(layers === "all" && { layers: [] }) };
    },
    onAnswer: (answer, final) => { world.answers.push(answer); world.finals.push(final); },
    onRefused: (error) => world.refused.push(error.title),
    onAway: (news) => world.away.push(news),
    onBack: () => { world.back += 1; },
  });
  return world;
}

test("all layers at most four times a second while the pen is down, and always at its end", async () => {
  const { clock, reader, asked } = setUp();
  for (let i = 0; i < 100; i += 1) {
    reader.changed(false);
    await clock.pass(10);
  }
  const all = asked.filter((layers) => layers === "all").length;
  assert.ok(all >= 3 && all <= 5, `${all} times`);
  assert.ok(asked.length >= 40 && asked.length <= 63, `${asked.length} requests in a second`);
  reader.changed(true);
  await clock.pass(100);
  assert.equal(asked.at(-1), "all");
});

test("layers that take long are asked for more rarely, so that the bars keep moving", async () => {
  const { clock, reader, asked } = setUp({ slow: 60 });
  for (let i = 0; i < 280; i += 1) {
    reader.changed(false);
    await clock.pass(10);
  }
  assert.equal(asked.filter((layers) => layers === "all").length, 4, "at 0, 0.8, 1.6 and 2.4 s");
});

test("when the pen rests without being lifted, the layers catch up", async () => {
  const { clock, reader, asked } = setUp();
  reader.changed(false);
  await clock.pass(100);
  reader.changed(false);
  await clock.pass(10);
  assert.deepEqual(asked, ["all", "none"]);
  await clock.pass(1000);
  assert.deepEqual(asked, ["all", "none", "all"]);
});

test("when the pen rests, slow layers are asked for too, and once", async () => {
  const { clock, reader, asked } = setUp({ slow: 100 });
  for (let i = 0; i < 30; i += 1) {
    reader.changed(false);
    await clock.pass(10);
  }
  await clock.pass(2000);
  assert.equal(asked.filter((layers) => layers === "all").length, 2, asked.join());
  assert.equal(asked.at(-1), "all");
  assert.ok(asked.length <= 5, asked.join());
});

test("the end of a stroke is answered as its end, and nothing is asked after it, however slow the answers before it are", async () => {
  for (let slow = 10; slow <= 400; slow += 30) {
    for (let lifted = 90; lifted <= 390; lifted += 20) {
      const { clock, reader, finals } = setUp({ slow });
      for (let at = 0; at < lifted; at += 10) {
        reader.changed(false);
        await clock.pass(10);
      }
      reader.changed(true);
      await clock.pass(2000);
      assert.equal(finals.at(-1), true, `answers after ${slow} ms, pen lifted after ${lifted} ms`);
    }
  }
});

test("an empty pad is never sent: its answer is none", async () => {
  const world = setUp();
  world.picture = null;
  world.reader.replaced();
  await world.clock.pass(100);
  assert.deepEqual(world.asked, []);
  assert.deepEqual(world.answers, [null]);
});

test("while the server is away it asks again with back-off, and reads the present drawing when it is back", async () => {
  const world = setUp();
  world.respond = () => { throw new Away(); };
  world.reader.changed(true);
  await world.clock.pass(20000);
  assert.ok(world.asked.length >= 3 && world.asked.length <= 6, `${world.asked.length} tries in 20 s`);
  assert.equal(world.away.length, world.asked.length);
  assert.ok(world.away.at(-1).delay > world.away[0].delay);
  world.respond = () => ({ digit: 3 });
  await world.clock.pass(9000);
  assert.deepEqual(world.answers, [{ digit: 3, layers: [] }]);
  assert.equal(world.asked.at(-1), "all");
  assert.equal(world.back, 1);
});

test("Retry-After is respected, and a busy server is called busy", async () => {
  const world = setUp();
  world.respond = () => { throw new Away(5); };
  world.reader.changed(true);
  await world.clock.pass(4900);
  assert.equal(world.asked.length, 1);
  assert.equal(world.away[0].busy, true);
  await world.clock.pass(200);
  assert.equal(world.asked.length, 2);
});

test("an empty pad waits for the server too", async () => {
  const world = setUp();
  world.respond = () => { throw new Away(); };
  world.reader.changed(true);
  await world.clock.pass(0);
  world.picture = null;
  world.reader.replaced();
  world.respond = () => ({});
  await world.clock.pass(2000);
  assert.equal(world.back, 1);
  assert.deepEqual(world.answers, [null]);
});

test("a refusal is told once and not repeated", async () => {
  const world = setUp();
  world.respond = () => { throw new Refused({ title: "No ink" }); };
  world.reader.changed(true);
  await world.clock.pass(60000);
  assert.deepEqual(world.refused, ["No ink"]);
  assert.equal(world.asked.length, 1);
});

test("the pauses grow to a limit, and never undercut Retry-After", () => {
  const even = () => 0.5;
  assert.deepEqual([0, 1, 2, 3, 9].map((tries) => retryDelay(tries, null, even)), [1000, 2000, 4000, 8000, 8000]);
  assert.equal(retryDelay(0, 30, even), 30000);
});

test("Retry-After is seconds or a date", () => {
  assert.equal(parseRetryAfter("7"), 7);
  assert.equal(parseRetryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 4000), 6);
  assert.equal(parseRetryAfter(null), null);
  assert.equal(parseRetryAfter("soon"), null);
});
