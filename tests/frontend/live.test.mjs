// How often an open page asks.

import assert from "node:assert/strict";
import { test } from "node:test";

import { wait } from "../../frontend/src/live.js";

test("pages of a country do not ask in step", () => {
  assert.equal(wait(5, 0, 0), 4_000);
  assert.equal(wait(5, 0, 0.5), 5_000);
  assert.ok(wait(5, 0, 0.999) < 6_000);
});

test("after failures a page waits longer, but not for ever", () => {
  const waits = [0, 1, 2, 3, 10, 1000].map((failures) => wait(5, failures, 0.5));
  assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000, 120_000, 120_000]);
  assert.equal(wait(600, 5, 0.5), 600_000, "never more often than the site wants");
});
