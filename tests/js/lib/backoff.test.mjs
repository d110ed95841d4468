import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRetryAfter, retryDelay } from "../../../static/js/lib/backoff.js";

test("delays grow to a limit and are never below Retry-After", () => {
  const even = () => 0.5;
  assert.deepEqual([0, 1, 2, 3, 9].map((tries) => retryDelay(tries, null, even)), [1000, 2000, 4000, 8000, 8000]);
  assert.equal(retryDelay(0, 30, even), 30000);
});

test("Retry-After is read as seconds or as a date", () => {
  assert.equal(parseRetryAfter("7"), 7);
  assert.equal(parseRetryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 4000), 6);
  assert.equal(parseRetryAfter(null), null);
  assert.equal(parseRetryAfter("soon"), null);
});
