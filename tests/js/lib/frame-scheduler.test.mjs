import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "../../../static/js/lib/frame-scheduler.js";

test("work takes turns: some in each frame, each piece once, none lost", () => {
  let time = 0;
  let frames = [];
  const done = [];
  const turns = createTurns((each) => { time += 4; done.push(each); }, {
    performance: { now: () => time }, requestAnimationFrame: (turn) => frames.push(turn),
  });
  for (const each of ["a", "b", "c", "a"]) turns.ask(each);
  const next = () => { const now = frames; frames = []; now.forEach((turn) => turn()); };
  assert.equal(frames.length, 1);
  next();
  assert.deepEqual(done, ["a", "b"]);
  turns.ask("a");
  next();
  assert.deepEqual(done, ["a", "b", "c", "a"]);
  next();
  assert.equal(frames.length, 0);
});
