// Entries of the log: canonical JSON (RFC 8785), and what a sealed entry held (docs/formats.md, sections 2 and 3).

import { Refused, concat, equal, hex, need, sha256, textOf, unhex, utf8 } from "./bytes.js";

const SEAL = concat(utf8("esaylov sealed v1"), Uint8Array.of(0));
export const PROTOCOLS = ["results.submit_protocol", "results.correct_protocol"];

/** The canonical text of a value: no white space, members sorted by UTF-16 code units, whole numbers only. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    // An array's plain sort compares UTF-16 code units, which is the order of RFC 8785.
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  if (typeof value === "number") need(Number.isSafeInteger(value) && !Object.is(value, -0), "entry-form");
  return JSON.stringify(value);
}

/** An entry as an object. Refused unless encoding it again gives the same bytes (a repeated member does not). */
export function parseEntry(bytes) {
  let value;
  try {
    value = JSON.parse(textOf(bytes));
  } catch {
    throw new Refused("entry-form");
  }
  need(value !== null && typeof value === "object" && !Array.isArray(value), "entry-form");
  need(equal(utf8(canonical(value)), bytes), "entry-form");
  need(value.v === 1 && typeof value.act === "string", "entry-form");
  return value;
}

/** What a sealed entry held, by the entry that opened it; Refused unless salt and value give the sealed hash. */
export async function openSealed(sealed, opening, index) {
  need(sealed.act === "log.sealed" && opening.act === "log.open" && opening.index === index, "seal-index");
  const salt = unhex(opening.salt);
  need(salt.length === 32, "seal-form");
  const value = utf8(canonical(opening.value));
  const digest = hex(await sha256(concat(SEAL, salt, value)));
  need(digest === sealed.sealed, "seal-hash", { computed: digest, sealed: sealed.sealed });
  const opened = parseEntry(value);
  need(PROTOCOLS.includes(opened.act) && opened.election === sealed.election, "seal-form");
  need(opened.simulated === sealed.simulated && opened.replay === sealed.replay, "seal-form");
  return opened;
}
