// Short codes as the downloadable file reads them: like the site does.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refused } from "../../frontend/src/check/bytes.js";
import { checkDigits, parseCode } from "../../frontend/src/check/tool.js";

test("codes", () => {
  for (const text of ["12-0005", " 12 \u2013 0005 ", "120005", "1-2\u22120\u20110\u00a005"]) {
    assert.deepEqual(parseCode(text), { index: 12, check: "0005" });
  }
  for (const text of ["", "1234", "12a-0005", "x", "9".repeat(20)]) assert.throws(() => parseCode(text), Refused);
});

test("check digits", () => {
  const leaf = new Uint8Array(32);
  leaf[31] = 5;
  assert.equal(checkDigits(leaf), "0005");
  leaf[0] = 255;
  assert.equal(checkDigits(leaf), String((255n << 248n) + 5n).slice(-4));
});
