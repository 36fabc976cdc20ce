// Numbers of tables are read as our pages write them, in every language.

import assert from "node:assert/strict";
import { test } from "node:test";

import { parseNumber, valueOf } from "../../frontend/src/tables.js";

globalThis.document = { documentElement: { lang: "uz" } };
const cell = (innerText, number = true, value) => ({
  innerText,
  dataset: value === undefined ? {} : { value },
  classList: { contains: (name) => number && name === "number" },
  querySelector: () => null,
});

test("numbers are read by the language's own marks", () => {
  assert.equal(parseNumber("1,234,567.89", "en"), 1234567.89);
  assert.equal(parseNumber("74.73\u202f%", "en"), 74.73);
  for (const language of ["uz", "uz-cyrl", "kaa", "ru"]) {
    assert.equal(parseNumber("1\u202f234\u202f567,89", language), 1234567.89);
    assert.equal(parseNumber("74,73\u202f%", language), 74.73);
    assert.equal(parseNumber("0", language), 0);
  }
  assert.equal(parseNumber("−12", "en"), -12);
  assert.equal(parseNumber("+3", "en"), 3);
});

test("what is no number stays what it is", () => {
  for (const text of ["", "many", "1/2", "12 of 30", "1.2.3", "20:14"]) assert.equal(parseNumber(text, "en"), null, text);
});

test("a cell's value is what it was given, else its number, else its words, else nothing", () => {
  assert.equal(valueOf(cell("1\u202f234")), 1234);
  assert.equal(valueOf(cell("one thousand", true, "1234")), 1234);
  assert.equal(valueOf(cell("District 2", false)), "District 2");
  assert.equal(valueOf(cell("12", false)), "12");
  assert.equal(valueOf(cell("–")), null);
  assert.equal(valueOf(cell(" ")), null);
  assert.equal(valueOf(undefined), null);
});
