import assert from "node:assert/strict";
import { test } from "node:test";
import { rankVotes } from "../../../static/js/panels/neighbours.js";

test("digits with votes are ranked by their number of votes", () => {
  assert.deepEqual(rankVotes([0, 3, 0, 0, 0, 0, 0, 16, 0, 1]), [[7, 16], [1, 3], [9, 1]]);
});
