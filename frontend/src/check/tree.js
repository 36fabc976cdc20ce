// The Merkle tree of RFC 6962 over the tiles of C2SP tlog-tiles (height 8). Sizes stay below 2^53, so numbers do;
// the bit operators of the language stop at 2^31 and are not used on them.

import { concat, equal, need, sha256 } from "./bytes.js";

export const WIDTH = 256;
const HASH = 32;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const half = (number) => Math.floor(number / 2);
const isOdd = (number) => number % 2 === 1;

export const leafHash = (entry) => sha256(concat(LEAF, entry));
export const nodeHash = (left, right) => sha256(concat(NODE, left, right));

/** Path of a tile below `/log/`; level "entries" names the entry bundles. */
export function tilePath(level, number, width = WIDTH) {
  let name = String(number % 1000).padStart(3, "0");
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    name = `x${String(rest % 1000).padStart(3, "0")}/${name}`;
  }
  return `tile/${level}/${name}${width < WIDTH ? `.p/${width}` : ""}`;
}

/** Number and width of the tile that holds hash `index` of a row of `count`. */
function tileOf(index, count) {
  const number = Math.floor(index / WIDTH);
  return { number, width: Math.min(WIDTH, count - number * WIDTH) };
}

/** The entries of a bundle, which must be exactly `width` of them and nothing after. */
export function splitBundle(bytes, width) {
  const entries = [];
  let at = 0;
  while (at < bytes.length) {
    need(at + 2 <= bytes.length, "bundle-form");
    const end = at + 2 + bytes[at] * 256 + bytes[at + 1];
    need(end <= bytes.length, "bundle-form");
    entries.push(bytes.slice(at + 2, end));
    at = end;
  }
  need(entries.length === width, "bundle-form");
  return entries;
}

/**
 * A log of `size` entries whose files `read(path)` gives; every tile is read once. Hashes of complete subtrees
 * are computed from the tiles and remembered.
 */
export class Log {
  constructor(size, read) {
    this.size = size;
    this.files = [];
    this._read = read;
    this._tiles = new Map();
    this._hashes = new Map();
  }

  /** The file that holds a tile: the partial one, or the full one that it became, cut to the width. */
  async _file(level, { number, width }) {
    const path = tilePath(level, number, width);
    const bytes = await this._read(path);
    if (bytes !== null || width === WIDTH) {
      this.files.push(path);
      return bytes;
    }
    const full = tilePath(level, number);
    this.files.push(full);
    const whole = await this._read(full);
    if (whole === null) return null;
    return level === "entries" ? joinBundle(splitBundle(whole, WIDTH).slice(0, width)) : whole.slice(0, width * HASH);
  }

  async _tile(level, index, count) {
    const place = tileOf(index, count);
    const key = `${level}/${place.number}`;
    if (!this._tiles.has(key)) {
      const bytes = await this._file(level, place);
      need(bytes !== null, "file-missing", { path: tilePath(level, place.number, place.width) });
      need(bytes.length === place.width * HASH, "tile-form", { path: tilePath(level, place.number, place.width) });
      this._tiles.set(key, bytes);
    }
    return this._tiles.get(key);
  }

  /** All entries of the bundle that holds `index`, and the index of the first. */
  async bundle(index) {
    const place = tileOf(index, this.size);
    const path = tilePath("entries", place.number, place.width);
    const bytes = await this._file("entries", place);
    need(bytes !== null, "file-missing", { path });
    return { first: place.number * WIDTH, entries: splitBundle(bytes, place.width), path, bytes };
  }

  /** Hash of the `index`-th complete subtree of 2^height leaves. */
  async hash(height, index) {
    const key = `${height}/${index}`;
    if (!this._hashes.has(key)) this._hashes.set(key, await this._compute(height, index));
    return this._hashes.get(key);
  }

  async _compute(height, index) {
    if (height % 8 !== 0) {
      return nodeHash(await this.hash(height - 1, 2 * index), await this.hash(height - 1, 2 * index + 1));
    }
    const level = height / 8;
    const tile = await this._tile(level, index, Math.floor(this.size / WIDTH ** level));
    const start = (index % WIDTH) * HASH;
    return tile.slice(start, start + HASH);
  }

  /**
   * Refused unless the tiles that were read agree with each other: an upper one with the lower ones under it.
   * (The hashes of a path do not pass through the slots that lie on it.)
   */
  async agree() {
    for (const key of this._tiles.keys()) {
      const [level, number] = key.split("/").map(Number);
      const upper = this._tiles.get(`${level + 1}/${Math.floor(number / WIDTH)}`);
      const slot = (number % WIDTH) * HASH;
      if (!upper || upper.length < slot + HASH) continue;
      const below = 8 * level + 7;
      const computed = await nodeHash(await this.hash(below, 2 * number), await this.hash(below, 2 * number + 1));
      need(equal(computed, upper.slice(slot, slot + HASH)), "other-tile", { path: tilePath(level, number) });
    }
  }

  /** Merkle tree hash of the leaves from `begin` up to `end`, a range of RFC 6962's recursion. */
  async range(begin, end) {
    const nodes = [];
    let at = begin;
    while (at < end) {
      let height = 0;
      while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= end) height += 1;
      nodes.push(await this.hash(height, at / 2 ** height));
      at += 2 ** height;
    }
    let root = nodes.pop();
    while (nodes.length) root = await nodeHash(nodes.pop(), root);
    return root;
  }

  /** Hashes of the audit path of a leaf, from its sibling up (RFC 6962, 2.1.1). */
  async inclusionProof(index) {
    need(index >= 0 && index < this.size, "not-in-tree", { index, size: this.size });
    const path = [];
    let begin = 0;
    let end = this.size;
    while (end - begin > 1) {
      let split = 1;
      while (split * 2 < end - begin) split *= 2;
      if (index < begin + split) {
        path.push(await this.range(begin + split, end));
        end = begin + split;
      } else {
        path.push(await this.range(begin, begin + split));
        begin += split;
      }
    }
    return path.reverse();
  }
}

export function joinBundle(entries) {
  return concat(...entries.flatMap((one) => [Uint8Array.of(one.length >> 8, one.length & 255), one]));
}

/** The root that a leaf hash and its audit path give (RFC 9162, 2.1.3.2); Refused when the path has another length. */
export async function rootFromProof(leaf, index, size, proof) {
  need(Number.isSafeInteger(index) && index >= 0 && index < size, "not-in-tree", { index, size });
  let node = leaf;
  let number = index;
  let last = size - 1;
  for (const sibling of proof) {
    need(last > 0 && sibling.length === HASH, "proof-form");
    if (isOdd(number) || number === last) {
      node = await nodeHash(sibling, node);
      while (!isOdd(number) && number > 0) {
        number = half(number);
        last = half(last);
      }
    } else {
      node = await nodeHash(node, sibling);
    }
    number = half(number);
    last = half(last);
  }
  need(last === 0, "proof-form");
  return node;
}

/** Refused unless the leaf hash stands at the index of the tree with this root. Returns the audit path. */
export async function verifyInclusion(leaf, index, size, proof, root) {
  need(equal(await rootFromProof(leaf, index, size, proof), root), "wrong-root");
  return proof;
}
