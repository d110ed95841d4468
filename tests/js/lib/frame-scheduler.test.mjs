import assert from "node:assert/strict";
import { test } from "node:test";
import { createFrameScheduler } from "../../../static/js/lib/frame-scheduler.js";

test("items run over several frames, each once", () => {
  let time = 0;
  let frames = [];
  const done = [];
  const scheduler = createFrameScheduler((item) => { time += 4; done.push(item); }, {
    performance: { now: () => time }, requestAnimationFrame: (run) => frames.push(run),
  });
  for (const each of ["a", "b", "c", "a"]) scheduler.schedule(each);
  const next = () => { const now = frames; frames = []; now.forEach((run) => { run(); }); };
  assert.equal(frames.length, 1);
  next();
  assert.deepEqual(done, ["a", "b"]);
  scheduler.schedule("a");
  next();
  assert.deepEqual(done, ["a", "b", "c", "a"]);
  next();
  assert.equal(frames.length, 0);
});
