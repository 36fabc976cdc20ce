// Where checkpoint, entries and proofs come from: the log's files on a site, or a saved proof file.

import { CannotCheck, Refused, equal, need, unbase64, utf8 } from "./bytes.js";
import { Log, leafHash } from "./tree.js";

const FORMAT = "esaylov protocol proof 1";
const MEMBERS = ["format", "election", "precinct", "contest", "entry", "proof", "opening", "others"];
const MOST_BYTES = 32 * 2 ** 20;
const INDEX = /^index (0|[1-9][0-9]{0,14})$/;

/** Reads files of a site: bytes, or null where there is none. CannotCheck when the site does not answer. */
export function siteReader(base) {
  return async (path) => {
    let answer;
    try {
      answer = await fetch(`${base}${path}`, {
        cache: path.startsWith("log/tile/") ? "default" : "no-store",
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new CannotCheck("network", { path });
    }
    if (answer.status === 404 || answer.status === 410) return null;
    if (!answer.ok) throw new CannotCheck("network", { path });
    let data;
    try {
      data = new Uint8Array(await answer.arrayBuffer());
    } catch {
      throw new CannotCheck("network", { path });
    }
    need(data.length <= MOST_BYTES, "too-long", { path });
    return data;
  };
}

/** The log of a site: every hash of a proof is computed here from the tiles. */
export class SiteEvidence {
  constructor(read) {
    this.read = (path) => read(`log/${path}`);
    this.files = [];
  }

  async checkpoint() {
    const bytes = await this.read("checkpoint");
    if (bytes === null) throw new CannotCheck("no-log");
    return bytes;
  }

  /** The entry at an index of the tree of a size, and its audit path. */
  async entry(index, size) {
    if (this.log?.size !== size) this.log = new Log(size, this.read);
    need(Number.isSafeInteger(index) && index >= 0 && index < size, "not-in-tree", { index, size });
    const { first, entries, path, bytes } = await this.log.bundle(index);
    this.about = Math.ceil((bytes.length / entries.length) * size); // bytes of all entries, from what was seen of them
    for (const [offset, entry] of entries.entries()) {
      const same = equal(await this.log.hash(0, first + offset), await leafHash(entry));
      need(same, "other-tile", { path });
    }
    const proof = await this.log.inclusionProof(index);
    await this.log.agree();
    this.files = [...new Set(this.log.files)];
    return { bytes: entries[index - first], proof, from: path };
  }
}

/**
 * A saved proof file (docs/formats.md, section 8): the entry with a C2SP tlog-proof of it, and the further entries about its place.
 */
export class SavedEvidence {
  constructor(text) {
    let file;
    try {
      file = JSON.parse(text);
    } catch {
      throw new Refused("file-form");
    }
    // A member that is not known could be one whose name was spoiled: the file would then be silent about what it said.
    need(file?.format === FORMAT && Object.keys(file).every((name) => MEMBERS.includes(name)), "file-form");
    this.files = [];
    this.place = { election: file.election, precinct: file.precinct, contest: file.contest };
    this.proofs = [];
    Object.assign(this, this.add(file));
    need(file.others === undefined || Array.isArray(file.others), "file-form");
    this.others = file.others?.map((one) => this.add(one)) ?? null;
    need(this.proofs.every((one) => equal(one.checkpoint, this.proofs[0].checkpoint)), "file-form");
  }

  /** Takes in an entry with its proof, and the one that opened it; their indexes. */
  add(given) {
    need(given !== null && typeof given === "object", "file-form");
    const made = [given, given.opening].filter(Boolean).map(({ entry, proof }) => parseProof(entry, proof));
    this.proofs.push(...made);
    return { index: made[0].index, opened: made[1]?.index ?? null };
  }

  async checkpoint() {
    return this.proofs[0].checkpoint;
  }

  async entry(index) {
    const found = this.proofs.find((one) => one.index === index);
    need(found, "file-form");
    return { bytes: found.entry, proof: found.hashes, from: null };
  }
}

function parseProof(entry, proof) {
  need(typeof entry === "string" && typeof proof === "string", "file-form");
  const blank = proof.indexOf("\n\n");
  const [magic, index, ...hashes] = proof.slice(0, blank).split("\n");
  const found = INDEX.exec(index ?? "");
  need(blank > 0 && magic === "c2sp.org/tlog-proof@v1" && found, "file-form");
  return {
    entry: unbase64(entry),
    index: Number(found[1]),
    hashes: hashes.map(unbase64),
    checkpoint: utf8(proof.slice(blank + 2)),
  };
}

