// The check of one protocol, step by step: key, checkpoint, entry, tree, opening, record, figures, and what it is worth now.

import { CannotCheck, Refused, hex, need, sha256 } from "./bytes.js";
import { PROTOCOLS, openSealed, parseEntry } from "./entry.js";
import { openCheckpoint, parseKey } from "./note.js";
import { concerns, standingBy, stateOf } from "./place.js";
import { leafHash, verifyInclusion } from "./tree.js";

export const HOLDS = "holds";
export const FAILS = "fails";
export const CANNOT = "cannot";

/**
 * Runs the check. `evidence` gives checkpoint and entries; `claim` is what is to be checked:
 * {key, index, opened, leaf, election, precinct, contest, version, size, simulated, state, others, figures}, where `figures` is
 * {lines, votes} of {shown, attribute} or null when nothing is displayed, `others` the further entries about its place ({index,
 * opened} each) or null when nobody named them, and every other member but key and index may be null.
 * `report(step, outcome, values)` hears of each step when it ends.
 *
 * Returns {result, step, reason, values, record, checkpoint, stands}. The result is "holds" only if every step was done here and
 * held. That says nothing of whether the protocol counts: `stands` does, {state, index, by, replaced} by the entries that were
 * read, or null when only its own was.
 */
export async function checkProtocol(evidence, claim, report) {
  const run = { evidence, claim, report, step: "key", cannot: null };
  try {
    for (const [name, step] of STEPS) {
      run.step = name;
      const values = await step(run);
      if (values) report(name, values.cannot ? CANNOT : HOLDS, values);
    }
  } catch (error) {
    return ended(run, error);
  }
  const told = { index: run.entry.index, size: run.checkpoint.size };
  const found = { record: run.record, checkpoint: run.checkpoint, told, stands: run.stands ?? null };
  return run.cannot ? { result: CANNOT, ...run.cannot, ...found } : { result: HOLDS, ...found };
}

const PASSING = ["file-missing", "older-than-page"];
const MOMENT = 1_500;

/**
 * The same with a second try where the log grew under the first: a partial tile can be gone by then, and a page can be a
 * moment ahead of the published checkpoint. `fresh()` gives new evidence and clears what was reported.
 */
export async function checkTwice(fresh, claim, report) {
  const found = await checkProtocol(fresh(), claim, report);
  if (!PASSING.includes(found.reason)) return found;
  await new Promise((later) => setTimeout(later, MOMENT));
  return checkProtocol(fresh(), claim, report);
}

function ended(run, error) {
  // What nobody foresaw is no proof of anything: never green, and not called a forgery either.
  const known = error instanceof Refused || error instanceof CannotCheck;
  const result = error instanceof Refused ? FAILS : CANNOT;
  const reason = known ? error.message : "unforeseen";
  const values = known ? error.values : { error: String(error) };
  run.report(run.step, result, { ...values, reason });
  return { result, step: run.step, reason, values };
}

const STEPS = [
  ["key", readKey],
  ["checkpoint", readCheckpoint],
  ["entry", readEntry],
  ["tree", findInTree],
  ["opening", readOpening],
  ["record", readRecord],
  ["figures", compareFigures],
  ["stands", readStanding],
];

async function readKey(run) {
  need(typeof run.claim.key === "string" && run.claim.key !== "", "key-form");
  run.key = await parseKey(run.claim.key);
  return { origin: run.key.name, key: run.key.text };
}

async function readCheckpoint(run) {
  const bytes = await run.evidence.checkpoint();
  run.checkpoint = await openCheckpoint(bytes, run.key);
  const { size, root, signed, cannot } = run.checkpoint;
  need(run.claim.size == null || size >= run.claim.size, "older-than-page", { size, page: run.claim.size });
  const values = { size, root: hex(root), bytes: bytes.length, hash: hex(await sha256(bytes)) };
  if (!signed) {
    run.cannot = { step: "checkpoint", reason: cannot, values: {} };
    return { ...values, reason: cannot, cannot: true };
  }
  return values;
}

async function provenEntry(run, index) {
  const found = await run.evidence.entry(index, run.checkpoint.size);
  return { ...found, index, leaf: await leafHash(found.bytes) };
}

async function readEntry(run) {
  const { index, leaf } = run.claim;
  run.entry = await provenEntry(run, index);
  const computed = hex(run.entry.leaf);
  need(leaf == null || computed === leaf, "other-leaf", { computed, shown: leaf });
  return { index, bytes: run.entry.bytes.length, leaf: computed, from: run.entry.from ?? "" };
}

const verified = ({ checkpoint: { size, root } }, { leaf, index, proof }) => verifyInclusion(leaf, index, size, proof, root);

async function findInTree(run) {
  const { root } = run.checkpoint;
  const proof = await verified(run, run.entry);
  return { hashes: proof.length, list: proof.map(hex), root: hex(root), files: run.evidence.files.length };
}

async function readOpening(run) {
  const outer = parseEntry(run.entry.bytes);
  run.record = outer;
  if (outer.act !== "log.sealed") {
    need(run.claim.opened == null, "not-sealed");
    return null;
  }
  need(run.claim.opened != null, "still-sealed");
  need(run.claim.opened > run.entry.index, "seal-index");
  const opening = await provenEntry(run, run.claim.opened);
  await verified(run, opening);
  run.record = await openSealed(outer, parseEntry(opening.bytes), run.entry.index);
  return { index: opening.index, leaf: hex(opening.leaf), sealed: outer.sealed };
}

async function readRecord(run) {
  const { record, claim } = run;
  need(PROTOCOLS.includes(record.act), "other-record", { member: "act", signed: record.act, shown: "" });
  for (const member of ["election", "precinct", "contest", "version"]) {
    const same = claim[member] == null || record[member] === claim[member];
    need(same, "other-record", { member, signed: String(record[member]), shown: String(claim[member]) });
  }
  need(claim.simulated == null || (record.simulated === true) === claim.simulated, "other-mark");
  need(isFigures(record.lines) && isFigures(record.votes), "entry-form");
  const { election, precinct, contest, version } = record;
  const at = String(record.at).replace(/^([0-9-]+)T([0-9:]+)(.+)$/, "$1 $2 (UTC$3)");
  return { election, precinct, contest, version, at, simulated: record.simulated === true };
}

const isFigures = (list) => Array.isArray(list) && list.every((one) => Number.isSafeInteger(one) && one >= 0);

async function compareFigures(run) {
  const { figures } = run.claim;
  if (!figures) return null;
  let compared = 0;
  for (const part of ["lines", "votes"]) {
    const signed = run.record[part];
    const cells = figures[part];
    need(cells.length === signed.length, "other-count", { part, shown: cells.length, signed: signed.length });
    cells.forEach((cell, i) => {
      const values = { part, place: i + 1, shown: cell.shown, signed: signed[i] };
      // Both what the eye sees and what programs read must be the signed figure.
      need(cell.shown === String(signed[i]) && cell.attribute === String(signed[i]), "other-figure", values);
    });
    compared += signed.length;
  }
  // The signed figures themselves, for whoever wants to compare them with what the page says elsewhere.
  return { compared, list: [...run.record.lines, ...run.record.votes] };
}

/**
 * The state of this version by all entries about its place that were named: each is read, hashed and found in the same tree.
 * An entry that the checkpoint does not hold yet is left out: what is said is true of the checkpoint.
 */
async function readStanding(run) {
  const { claim, entry, record, checkpoint } = run;
  if (!claim.others) return null;
  const others = claim.others.filter(({ index, opened }) => index !== entry.index && Math.max(index, opened ?? 0) < checkpoint.size);
  const entries = [{ index: entry.index, known: claim.opened ?? entry.index, leaf: hex(entry.leaf), entry: record }];
  for (const other of others) entries.push(await provenAct(run, other));
  const now = standingBy(entries);
  need(now.index !== null, "rules");
  const state = stateOf(now, { index: entry.index, record });
  need(claim.state == null || claim.state === state, "other-state", { index: now.index, state });
  const replaced = entries.find((one) => one.leaf === record.replaces)?.index ?? null;
  run.stands = { state, index: now.index, by: now.index === entry.index ? now.by : now.index, replaced };
  return { count: others.length, state };
}

/** A further entry about the same place, with what it held where it was sealed. */
async function provenAct(run, { index, opened }) {
  const found = await provenEntry(run, index);
  await verified(run, found);
  let entry = parseEntry(found.bytes);
  if (entry.act === "log.sealed") {
    need(opened != null && opened > index, "seal-index");
    const opening = await provenEntry(run, opened);
    await verified(run, opening);
    entry = await openSealed(entry, parseEntry(opening.bytes), index);
  }
  need(entry.election === run.record.election && concerns(entry, run.record), "other-place", { index });
  return { index, known: opened ?? index, leaf: hex(found.leaf), entry };
}
