// What stands for a place, from reading the whole log: every entry is hashed, the tree over them must have the signed
// root, and the entries about the place are put together by docs/formats.md, section 4.

import { equal, hex, need, sha256 } from "./bytes.js";
import { openSealed, parseEntry } from "./entry.js";
import { leafHash, nodeHash, splitBundle, tilePath, WIDTH } from "./tree.js";

const COUNTING = ["received", "accepted"];

/** The root of a tree whose leaves come one after the other. */
class Frontier {
  constructor() {
    this.nodes = []; // [height, hash] of complete subtrees, largest first
  }

  async add(hash, height = 0) {
    let node = hash;
    let top = height;
    while (this.nodes.length && this.nodes[this.nodes.length - 1][0] === top) {
      node = await nodeHash(this.nodes.pop()[1], node);
      top += 1;
    }
    this.nodes.push([top, node]);
  }

  async root() {
    let node = this.nodes[this.nodes.length - 1]?.[1];
    if (!node) return sha256(new Uint8Array());
    for (const [, left] of this.nodes.slice(0, -1).reverse()) node = await nodeHash(left, node);
    return node;
  }
}

/**
 * Reads all entries of a log of `size` entries with this signed root and returns what stands for the place, as a
 * function of a size: standing(size) is {state, counts, index, leaf, version, by}, `index` null when nothing stands, `by` the
 * index of the entry that made the state what it is.
 * `progress(read, size)` is called after each file. Refused when the entries do not give the root, or break the rules.
 */
export async function readPlace(read, { size, root }, place, progress = () => {}) {
  const frontier = new Frontier();
  const found = { entries: [], sealed: new Map(), openedAt: new Map() };
  for (let first = 0; first < size; first += WIDTH) {
    const width = Math.min(WIDTH, size - first);
    const entries = await bundleAt(read, first / WIDTH, width);
    for (const [offset, bytes] of entries.entries()) {
      const leaf = await leafHash(bytes);
      await frontier.add(leaf);
      await collect(found, place, bytes, first + offset, leaf);
    }
    progress(first + width, size);
  }
  need(equal(await frontier.root(), root), "wrong-root");
  return (below) => standing(found, below);
}

async function bundleAt(read, number, width) {
  const path = tilePath("entries", number, width);
  const bytes = await read(path);
  if (bytes !== null) return splitBundle(bytes, width);
  const full = width < WIDTH ? await read(tilePath("entries", number)) : null;
  need(full !== null, "file-missing", { path });
  return splitBundle(full, WIDTH).slice(0, width);
}

async function collect(found, place, bytes, index, leaf) {
  const entry = parseEntry(bytes);
  if (entry.election !== place.election) return;
  if (entry.act === "log.sealed") {
    found.sealed.set(index, { entry, leaf });
  } else if (entry.act === "log.open") {
    const sealed = found.sealed.get(entry.index);
    need(sealed && !found.openedAt.has(entry.index), "seal-index");
    found.openedAt.set(entry.index, index);
    if (!concerns(entry.value, place)) return;
    const value = await openSealed(sealed.entry, entry, entry.index);
    found.entries.push({ index: entry.index, known: index, leaf: hex(sealed.leaf), entry: value });
  } else if (concerns(entry, place)) {
    found.entries.push({ index, known: index, leaf: hex(leaf), entry });
  }
}

/** Whether an entry of the same election is about a place. */
export function concerns(entry, place) {
  if (entry.act === "results.annul_precinct") {
    return entry.precinct === place.precinct && (entry.contest === null || entry.contest === place.contest);
  }
  return entry.precinct === place.precinct && entry.contest === place.contest;
}

/**
 * What stands by some entries of a place, {index, known, leaf, entry} each, as `readPlace` says it of all of them. Refused when
 * they break the rules.
 */
export const standingBy = (entries) => standing({ entries, sealed: new Map(), openedAt: new Map() }, Infinity);

/** The state of one version: that of the place where it stands, else why it does not. */
export function stateOf(now, { index, record }) {
  if (now.index === index) return now.state;
  return record.state === "conflicting" ? "conflicting" : "replaced";
}

/** What stands by the entries below a size, in the order of their indexes. */
function standing({ entries, sealed, openedAt }, below) {
  const now = { state: "awaited", index: null, leaf: null, version: null, annulled: false, by: null };
  // Sealed entries that are not known at this size: what names one of them is left out too.
  const shut = [...sealed].filter(([index]) => index < below && (openedAt.get(index) ?? below) >= below);
  const unknown = new Set(shut.map(([, { leaf }]) => hex(leaf)));
  for (const one of entries.filter(({ known }) => known < below).sort((a, b) => a.index - b.index)) {
    if (unknown.has(one.entry.replaces ?? one.entry.protocol)) unknown.add(one.leaf);
    else RULES[one.entry.act]?.(now, one);
  }
  const state = now.annulled ? "annulled" : now.state;
  return { ...now, state, counts: now.index !== null && COUNTING.includes(state) };
}

function take(now, { entry, index, leaf }) {
  Object.assign(now, { state: entry.state, index, leaf, version: entry.version });
  if (!now.annulled) now.by = index;
}

function ruled(state) {
  return (now, { entry, index }) => {
    need(entry.protocol === now.leaf, "rules");
    now.state = state;
    if (!now.annulled) now.by = index;
  };
}

const RULES = {
  "results.submit_protocol": (now, one) => {
    if (one.entry.state === "conflicting") return;
    need(now.index === null, "rules");
    take(now, one);
  },
  "results.correct_protocol": (now, one) => {
    need(one.entry.replaces === now.leaf && one.entry.version > now.version, "rules");
    need(["inconsistent", "returned"].includes(now.state), "rules");
    take(now, one);
  },
  "results.accept_protocol": ruled("accepted"),
  "results.return_protocol": ruled("returned"),
  "results.annul_precinct": (now, { index }) => {
    if (!now.annulled) now.by = index;
    now.annulled = true;
  },
};
