// The check of a protocol: what the platform's log says is read alike, and nothing that was spoiled is taken for whole.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CannotCheck, Refused, equal, hex, unbase64, unhex, utf8 } from "../../frontend/src/check/bytes.js";
import { canonical, parseEntry } from "../../frontend/src/check/entry.js";
import { SavedEvidence, SiteEvidence } from "../../frontend/src/check/evidence.js";
import { openCheckpoint, parseKey, parseNote } from "../../frontend/src/check/note.js";
import { readPlace } from "../../frontend/src/check/place.js";
import { CANNOT, FAILS, HOLDS, checkProtocol } from "../../frontend/src/check/protocol.js";
import { checkWhole } from "../../frontend/src/check/whole.js";
import { Log, leafHash, rootFromProof, splitBundle, tilePath, verifyInclusion } from "../../frontend/src/check/tree.js";

const vectors = JSON.parse(readFileSync(process.env.VECTORS, "utf8"));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const thorough = process.env.THOROUGH === "1";
const subtle = globalThis.crypto.subtle;
const reader = (files) => async (path) => (path in files ? bytes(files[path]) : null);

/** Node's own SHA-256 in place of WebCrypto's, for tests that hash millions of times. */
async function quickly(work) {
  subtle.digest = async (_name, data) => createHash("sha256").update(data).digest();
  try {
    await work();
  } finally {
    delete subtle.digest;
  }
}

test("entries of every tree of 1 to 600 entries are found under its root", async () => {
  const { files, roots, leaves } = vectors.small;
  const known = leaves.map(unhex);
  await quickly(async () => {
    for (let size = 1; size <= roots.length; size += 1) {
      const near = size <= 100 || (size + 2) % 256 <= 4; // a tile's end
      if (!thorough && !near && size % 7) continue;
      const log = new Log(size, reader(files));
      const root = unhex(roots[size - 1]);
      assert.ok(equal(await log.range(0, size), root));
      const step = thorough || size <= 100 || size % 256 <= 1 ? 1 : 41; // a prime: all kinds of places come up
      for (let index = (size * 7) % step; index < size; index += step) {
        const proof = await log.inclusionProof(index);
        await verifyInclusion(known[index], index, size, proof, root);
      }
      await log.agree();
    }
  });
});

test("a proof does not hold for another leaf, index, size, root or length", async () => {
  const { files, roots, leaves } = vectors.small;
  await quickly(async () => {
    for (const size of [2, 3, 7, 8, 9, 255, 256, 257, 511, 600]) {
      const root = unhex(roots[size - 1]);
      const log = new Log(size, reader(files));
      for (const index of [0, Math.floor(size / 2), size - 1]) {
        const proof = await log.inclusionProof(index);
        const refused = (...given) => assert.rejects(verifyInclusion(...given), Refused);
        const leaf = unhex(leaves[index]);
        const other = unhex(leaves[(index + 1) % size]);
        await refused(other, index, size, proof, root);
        await refused(leaf, index, size, proof.slice(1), root);
        await refused(leaf, index, size, [...proof, root], root);
        await refused(leaf, index, size, proof, unhex(roots[size - 2]));
        await refused(leaf, size, size, proof, root);
        await refused(leaf, -1, size, proof, root);
        for (const [place, hash] of proof.entries()) {
          const spoiled = proof.with(place, hash.with(place % 32, hash[place % 32] ^ 1));
          await refused(leaf, index, size, spoiled, root);
        }
      }
    }
  });
});

test("a tree with three levels of tiles gives the proofs that the platform gives", async () => {
  const { size, files, root, proofs } = vectors.large;
  for (const [index, expected] of Object.entries(proofs)) {
    const log = new Log(size, reader(files));
    const proof = await log.inclusionProof(Number(index));
    assert.deepEqual(proof.map(hex), expected);
    const { first, entries } = await log.bundle(Number(index));
    assert.equal(hex(await rootFromProof(await leafHash(entries[index - first]), Number(index), size, proof)), root);
    await log.agree();
    assert.ok(log.files.length <= 8, "a phone reads few files");
  }
});

test("paths of tiles", () => {
  assert.equal(tilePath(0, 0), "tile/0/000");
  assert.equal(tilePath("entries", 1234, 5), "tile/entries/x001/234.p/5");
  assert.equal(tilePath(1, 1234067), "tile/1/x001/x234/067");
  assert.equal(tilePath(0, 1000000), "tile/0/x001/x000/000");
});

test("a bundle is exactly its entries", () => {
  assert.deepEqual(splitBundle(Uint8Array.of(0, 1, 7, 0, 0), 2).map((one) => [...one]), [[7], []]);
  for (const [data, width] of [[[0, 1, 7], 2], [[0, 1, 7, 0], 1], [[0, 2, 7], 1], [[], 1], [[0], 1]]) {
    assert.throws(() => splitBundle(Uint8Array.from(data), width), Refused);
  }
});

test("checkpoints by the key are read, alone and with a further signature", async () => {
  const { key, alone, beside } = vectors.notes;
  for (const note of [alone, beside]) {
    const found = await openCheckpoint(bytes(note), await parseKey(key));
    assert.deepEqual([found.size, found.signed, found.root.length], [7, true, 32]);
  }
});

test("a checkpoint by another key is refused", async () => {
  const { key, other_key: other, alone, foreign } = vectors.notes;
  await assert.rejects(openCheckpoint(bytes(alone), await parseKey(other)), Refused);
  await assert.rejects(openCheckpoint(bytes(foreign), await parseKey(key)), Refused);
});

test("no flipped bit of a checkpoint or of a key passes", async () => {
  const { key, alone } = vectors.notes;
  const trusted = await parseKey(key);
  const note = bytes(alone);
  for (let bit = 0; bit < note.length * 8; bit += 1) {
    const spoiled = note.with(bit >> 3, note[bit >> 3] ^ (1 << (bit & 7)));
    await assert.rejects(openCheckpoint(spoiled, trusted), Refused, `bit ${bit}`);
  }
  for (let i = 0; i < key.length; i += 1) {
    const spoiled = key.slice(0, i) + String.fromCharCode(key.charCodeAt(i) ^ 1) + key.slice(i + 1);
    await assert.rejects(parseKey(spoiled).then((found) => openCheckpoint(note, found)), Refused, spoiled);
  }
});

test("notes in another spelling are refused", async () => {
  const note = new TextDecoder().decode(bytes(vectors.notes.alone));
  const odd = [
    "", "\n\n", note.slice(0, -1), note.replace("\n\n", "\n"), `${note}\n`, note.replace("— ", "- "), note.replace("— ", "—  "),
    note.replace("\n7\n", "\n7\r\n"), `\ufeff${note}`, note.replace("=\n", "\n"), `${note}x`,
  ];
  const key = await parseKey(vectors.notes.key);
  for (const text of odd) await assert.rejects(openCheckpoint(utf8(text), key), Refused, JSON.stringify(text));
  assert.throws(() => parseNote(Uint8Array.of(0xff, 10, 10, 10)), Refused);
});

test("base64 and hexadecimal have one spelling", () => {
  assert.deepEqual([...unbase64("AQI=")], [1, 2]);
  for (const text of ["AQI", "AQJ=", "AQI=\n", " AQI=", "AQ-_", "!"]) assert.throws(() => unbase64(text), Refused);
  for (const text of ["0", "0G", "0A", " 00", null]) assert.throws(() => unhex(text), Refused);
});

test("entries are canonical JSON or refused", () => {
  const good = { v: 1, act: "x", "€": [1, { b: null, a: true }], "😀": "\u2028é\n" };
  assert.deepEqual(parseEntry(utf8(canonical(good))), good);
  const bad = [
    '{"act":"x","v":1 }', '{"v":1,"act":"x"}', '{"act":"x","act":"x","v":1}', '{"act":"x","n":1.5,"v":1}', "[]", "1", "{",
    '{"act":"x","n":-0,"v":1}', '{"act":"x","n":1e2,"v":1}', '{"act":"x","n":9007199254740993,"v":1}', '{"act":"x","v":2}',
    '{"act":"\\u0078","v":1}', '{"act":1,"v":1}', "null",
  ];
  for (const text of bad) assert.throws(() => parseEntry(utf8(text)), Refused, text);
});

// --- the whole check ---

const { place } = vectors;
const cells = (list) => list.map((one) => ({ shown: String(one), attribute: String(one) }));

function claimOf({ index, opened, leaf, entry }, changes = {}) {
  const { election, precinct, contest, version } = entry;
  const figures = { lines: cells(entry.lines), votes: cells(entry.votes) };
  const claim = { key: place.key, index, opened, leaf, election, precinct, contest, version, size: 290, simulated: true, figures };
  return { ...claim, ...changes };
}

async function outcome(claim, files = place.files, evidence = new SiteEvidence((path) => reader(files)(path.slice(4)))) {
  const steps = [];
  const found = await checkProtocol(evidence, claim, (step, result) => steps.push([step, result]));
  return { ...found, steps };
}

test("an open and a sealed protocol hold, each step told", async () => {
  const open = await outcome(claimOf(place.open));
  assert.equal(open.result, HOLDS, JSON.stringify(open));
  assert.deepEqual(open.steps.map(([step]) => step), ["key", "checkpoint", "entry", "tree", "record", "figures"]);
  const sealed = await outcome(claimOf(place.sealed));
  assert.equal(sealed.result, HOLDS, JSON.stringify(sealed));
  assert.deepEqual(sealed.steps.map(([step]) => step), ["key", "checkpoint", "entry", "tree", "opening", "record", "figures"]);
});

test("no byte of any file that was read may differ", async () => {
  const spoil = async (data, at, claim, path) => {
    const spoiled = data.with(at, data[at] ^ (1 << (at % 8)));
    const files = { ...place.files, [path]: Buffer.from(spoiled).toString("base64") };
    const { result } = await outcome(claim, files);
    assert.equal(result, FAILS, `${path} ${at}`);
  };
  const read = new Set();
  const listen = async (path) => {
    read.add(path.slice(4));
    return reader(place.files)(path.slice(4));
  };
  const claim = claimOf(place.sealed);
  assert.equal((await outcome(claim, place.files, new SiteEvidence(listen))).result, HOLDS);
  assert.ok(read.size >= 5);
  await quickly(async () => {
    for (const path of read) {
      const data = bytes(place.files[path]);
      // Prime to the length of a hash: every place in one is met.
      const step = data.length > 2_000 ? (thorough ? 13 : 331) : thorough ? 1 : 5;
      for (let at = 0; at < data.length; at += step) await spoil(data, at, claim, path);
    }
  });
});

test("a page that shows other figures, or other words, is caught", async () => {
  const { entry } = place.open;
  const other = (part, at, cell) => {
    const figures = { lines: cells(entry.lines), votes: cells(entry.votes) };
    figures[part][at] = { ...figures[part][at], ...cell };
    return { figures };
  };
  const wrong = [
    other("lines", 0, { shown: "101", attribute: "101" }), other("votes", 1, { shown: "81", attribute: "81" }),
    other("lines", 2, { shown: "3" }), other("lines", 2, { attribute: "3" }), other("votes", 0, { shown: "" }),
    { figures: { lines: cells(entry.lines), votes: cells([40]) } }, { figures: { lines: [], votes: [] } },
    { figures: { lines: cells(entry.lines), votes: cells([18, 40]) } },
    { precinct: "p2" }, { contest: "d2" }, { election: "big" }, { version: 2 }, { simulated: false },
    { leaf: place.sealed.leaf }, { index: 11 }, { index: 300 }, { index: -1 }, { index: 1.5 }, { opened: 280 }, { size: 301 },
  ];
  for (const changes of wrong) {
    const { result } = await outcome(claimOf(place.open, changes));
    assert.equal(result, FAILS, JSON.stringify(changes));
  }
  for (const changes of [{ opened: null }, { opened: 281 }, { opened: 20 }, { opened: 10 }]) {
    assert.equal((await outcome(claimOf(place.sealed, changes))).result, FAILS, JSON.stringify(changes));
  }
});

test("an older tree is read from a partial tile that was filled since", async () => {
  const files = { ...place.files, checkpoint: place.shorter };
  delete files["tile/0/001.p/44"];
  const full = await outcome(claimOf(place.open), files);
  assert.equal(full.result, FAILS, "a partial tile is not there, and no full one");
  assert.equal(full.reason, "file-missing");
});

// --- what a protocol is worth ---

const among = (...indexes) => indexes.map((index) => ({ index, opened: null }));
const standing = (index, others, changes = {}) => {
  const { leaf, ...entry } = place.acts[index];
  return outcome(claimOf({ index, opened: null, leaf, entry }, { others, ...changes }));
};

test("what holds says whether it counts, by verified entries", async () => {
  const known = [
    [31, among(30, 32), { state: "annulled", index: 31, by: 32, replaced: 30 }],
    [31, among(30), { state: "received", index: 31, by: 31, replaced: 30 }],
    [30, among(31, 32), { state: "replaced", index: 31, by: 31, replaced: null }],
    [30, among(), { state: "inconsistent", index: 30, by: 30, replaced: null }],
    [30, among(32), { state: "annulled", index: 30, by: 32, replaced: null }],
    [35, among(36), { state: "received", index: 35, by: 35, replaced: null }],
    [36, among(35), { state: "conflicting", index: 35, by: 35, replaced: null }],
    [40, among(41), { state: "returned", index: 40, by: 41, replaced: null }],
    [40, among(41, 299 + 1), { state: "returned", index: 40, by: 41, replaced: null }],
  ];
  for (const [index, others, stands] of known) {
    const found = await standing(index, others);
    assert.equal(found.result, HOLDS, JSON.stringify(found));
    assert.deepEqual(found.stands, stands);
    assert.deepEqual(found.steps.at(-1), ["stands", HOLDS]);
    assert.equal((await standing(index, others, { state: stands.state })).result, HOLDS);
  }
  assert.equal((await outcome(claimOf(place.open))).stands, null, "nobody named other entries: nothing is said");
  const sealed = await outcome(claimOf(place.sealed, { others: among() }));
  assert.equal(sealed.stands.state, "received");
});

test("a page whose state does not follow from the entries that it names is caught", async () => {
  const wrong = [
    [31, among(30), "annulled", "other-state"], [31, among(30, 32), "received", "other-state"],
    [40, among(42), "received", "other-place"], [40, among(32), "annulled", "other-place"], [40, among(0), "received", "other-place"],
    [31, among(32), "annulled", "rules"], [36, among(), "conflicting", "rules"], [36, among(), null, "rules"],
  ];
  for (const [index, others, state, reason] of wrong) {
    const found = await standing(index, others, { state, figures: null });
    assert.deepEqual([found.result, found.step, found.reason], [FAILS, "stands", reason], `${index} ${state}`);
  }
  const spoiled = { ...place.files, "tile/entries/000": Buffer.from(bytes(place.files["tile/entries/000"]).with(9_000, 1)).toString("base64") };
  const { leaf, ...entry } = place.acts[31];
  assert.equal((await outcome(claimOf({ index: 31, opened: null, leaf, entry }, { others: among(30, 32) }), spoiled)).result, FAILS);
});

test("a saved proof says what the protocol is worth, and no byte of that may differ", async () => {
  const check = async (file) => {
    const evidence = new SavedEvidence(typeof file === "string" ? file : JSON.stringify(file));
    const { index, opened, others, place: named } = evidence;
    const claim = { key: place.key, ...named, index, opened, others, figures: null };
    return checkProtocol(evidence, claim, () => {});
  };
  const whole = await check(place.annulled);
  assert.deepEqual([whole.result, whole.stands], [HOLDS, { state: "annulled", index: 31, by: 32, replaced: 30 }]);
  const { others, ...silent } = place.annulled;
  assert.equal((await check(silent)).stands, null, "an older file says nothing of it");
  assert.throws(() => new SavedEvidence(JSON.stringify({ ...silent, others: "x" })), Refused);
  assert.throws(() => new SavedEvidence(JSON.stringify({ ...silent, others: [null] })), Refused);
  const text = JSON.stringify(place.annulled);
  const start = text.indexOf('"others"');
  for (let at = start; at < text.length; at += thorough ? 1 : 7) {
    const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
    let found;
    try {
      found = await check(changed);
    } catch (error) {
      assert.ok(error instanceof Refused);
      continue;
    }
    assert.notEqual(found.result, HOLDS, text.slice(at - 5, at + 5));
  }
});

test("a browser without Ed25519, or without WebCrypto, is never green", async () => {
  subtle.importKey = async () => {
    throw new DOMException("Ed25519 is not known", "NotSupportedError");
  };
  try {
    const found = await outcome(claimOf(place.open));
    assert.deepEqual([found.result, found.step, found.reason], [CANNOT, "checkpoint", "no-ed25519"]);
    assert.ok(found.steps.some(([step, result]) => step === "checkpoint" && result === CANNOT));
    const spoiled = await outcome(claimOf(place.open, { leaf: place.sealed.leaf }));
    assert.equal(spoiled.result, FAILS, "what does not hold is still said");
  } finally {
    delete subtle.importKey;
  }
  const before = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: undefined, configurable: true });
  try {
    assert.equal((await outcome(claimOf(place.open))).result, CANNOT);
  } finally {
    Object.defineProperty(globalThis, "crypto", before);
  }
});

test("a verification that does not answer true is no verification", async () => {
  for (const answer of [false, undefined, 1, "true", {}]) {
    subtle.verify = async () => answer;
    try {
      assert.equal((await outcome(claimOf(place.open))).result, FAILS);
    } finally {
      delete subtle.verify;
    }
  }
});

test("without a network nothing holds and nothing is called false", async () => {
  const broken = new SiteEvidence(async () => {
    throw new CannotCheck("network");
  });
  assert.equal((await outcome(claimOf(place.open), null, broken)).result, CANNOT);
  const odd = new SiteEvidence(async () => {
    throw new TypeError("accident");
  });
  assert.deepEqual((await outcome(claimOf(place.open), null, odd)).reason, "unforeseen");
});

test("a saved proof holds without a site, and no byte of it may differ", async () => {
  const text = JSON.stringify(place.saved);
  const check = async (changed) => {
    const evidence = new SavedEvidence(changed);
    const { index, opened } = evidence;
    return outcome(claimOf(place.sealed, { index, opened, size: null }), null, evidence);
  };
  assert.equal((await check(text)).result, HOLDS);
  for (let at = 0; at < text.length; at += 1) {
    const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
    let result;
    try {
      ({ result } = await check(changed));
    } catch (error) {
      assert.ok(error instanceof Refused);
      continue;
    }
    // The names of the place stand in the file as a help for the reader; the record itself is compared with the claim.
    if (result === HOLDS) assert.match(text.slice(Math.max(0, at - 25), at + 25), /election|precinct|contest/);
  }
});

test("the whole log says what stands", async () => {
  const read = async (path) => reader(place.files)(path);
  const checkpoint = await openCheckpoint(bytes(place.files.checkpoint), await parseKey(place.key));
  const told = [];
  const at = await readPlace(read, checkpoint, place.open.entry, (done, size) => told.push([done, size]));
  assert.deepEqual(at(290), { state: "received", index: 10, leaf: place.open.leaf, version: 1, annulled: false, by: 10, counts: true });
  assert.deepEqual([at(300).state, at(300).by], ["accepted", 290]);
  assert.deepEqual(told, [[256, 300], [300, 300]]);
  const sealed = await readPlace(read, checkpoint, place.sealed.entry);
  assert.equal(sealed(280).index, null, "not known before it was opened");
  assert.equal(sealed(281).index, 20);
  await assert.rejects(readPlace(read, { ...checkpoint, size: 299 }, place.open.entry), Refused);
});

test("a claim is compared with all that the log says of the place", async () => {
  const evidence = { read: async (path) => reader(place.files)(path) };
  const checkpoint = await openCheckpoint(bytes(place.files.checkpoint), await parseKey(place.key));
  const claim = { ...place.open.entry, index: 10, size: 290, state: "received" };
  const told = async (changes) => {
    const { result, reason } = await checkWhole(evidence, checkpoint, { ...claim, ...changes }, () => {});
    return [result, reason];
  };
  assert.deepEqual(await told({ size: 300, state: "accepted" }), [HOLDS, undefined]);
  assert.deepEqual(await told({ size: undefined, state: undefined }), [HOLDS, undefined]);
  assert.deepEqual(await told({}), [CANNOT, "newer-state"], "it was received then, and is accepted since");
  assert.deepEqual(await told({ size: 300 }), [FAILS, "other-state"]);
  assert.deepEqual(await told({ index: 11 }), [FAILS, "other-state"]);
  const broken = await checkWhole({ read: async () => null }, checkpoint, claim, () => {});
  assert.deepEqual([broken.result, broken.reason], [FAILS, "file-missing"]);
});
