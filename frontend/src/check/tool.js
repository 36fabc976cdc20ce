// The check as one file: from a site's published files, or from a saved proof.

import { CannotCheck, Refused, hex, need, textOf } from "./bytes.js";
import { SavedEvidence, SiteEvidence, siteReader } from "./evidence.js";
import { openCheckpoint, parseKey } from "./note.js";
import { PROTOCOLS, parseEntry } from "./entry.js";
import { stateOf } from "./place.js";
import { CANNOT, FAILS, HOLDS, checkTwice } from "./protocol.js";
import { Report, Texts, make } from "./ui.js";
import { leafHash } from "./tree.js";
import { checkWhole, cost } from "./whole.js";

const CODE = /^([0-9]{1,15})([0-9]{4})$/;
const CHECKS = 10_000n;

/** Index and check digits of a short code, however it was typed. */
export function parseCode(text) {
  const found = CODE.exec(text.replace(/[\s\p{Pd}\u2212]/gu, ""));
  need(found, "code-form");
  return { index: Number(found[1]), check: found[2] };
}

/** The last four decimal digits of a leaf hash read as a number. */
export const checkDigits = (leaf) => String(BigInt(`0x${hex(leaf)}`) % CHECKS).padStart(4, "0");

const PLACE = ["election", "precinct", "contest"];
const isPlace = (named) => PLACE.every((name) => named[name]);

/** The folder of files that an address names. */
function folderOf(text) {
  const address = `${text.replace(/\/*$/, "")}/`;
  if (!/^https?:\/\//i.test(address)) throw new CannotCheck("site-form");
  try {
    return new URL("./", address).href;
  } catch {
    throw new CannotCheck("site-form");
  }
}

/** What a site says about a place: where the entries about it stand. Only a hint; everything is checked afterwards. */
async function hint(read, place) {
  const [election, precinct, contest] = PLACE.map((name) => encodeURIComponent(place[name]));
  const bytes = await read(`open/elections/${election}/proofs/${precinct}/${contest}.json`);
  if (bytes === null) throw new CannotCheck("no-place");
  const { index, opened, others } = new SavedEvidence(textOf(bytes));
  return { index, opened, others };
}

/** The same where it is not needed: a folder of files has no such addresses. */
async function perhaps(read, place) {
  try {
    return await hint(read, place);
  } catch (error) {
    if (error instanceof CannotCheck || error instanceof Refused) return null;
    throw error;
  }
}

/** Refused where an entry is about another place than the one that was typed beside its code. */
function samePlace(entry, named) {
  for (const [member, shown] of Object.entries(named)) {
    const signed = entry[member];
    need(signed === undefined || signed === shown, "code-or-place", { member, signed: String(signed), shown });
  }
}

/** Where the entry of a code was opened, and what else is about its place, by what a site says. */
function hinted(index, said) {
  if (!said) return { opened: null, others: null };
  const { others, ...stands } = said;
  const all = [stands, ...(others ?? [])];
  const own = all.find((one) => one.index === index);
  return { known: Boolean(own), opened: own?.opened ?? null, others: others && all };
}

class Tool {
  constructor(body) {
    const find = (name) => body.querySelector(name);
    this.key = body.dataset.key;
    this.form = find("[data-tool-form]");
    this.file = find("#file");
    this.output = find("[data-tool-output]");
    this.record = find("[data-tool-record]");
    this.simulated = find("[data-tool-simulated]");
    this.texts = new Texts(find("[data-check-texts]"));
    this.words = new Texts(find("[data-tool-words]"));
    const parts = { steps: "steps", result: "result", status: "status" };
    for (const name of Object.keys(parts)) parts[name] = find(`[data-check-${name}]`);
    this.report = new Report(parts, this.texts);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run(() => this.fromSite());
    });
    this.file.addEventListener("change", () => this.file.files[0] && this.run(() => this.fromFile(this.file.files[0])));
    this.more = find("[data-check-more]");
    this.progress = find("[data-check-progress]");
    this.more.addEventListener("click", () => this.readWholeLog());
    this.form.querySelector("button").disabled = false;
  }

  async run(work) {
    if (this.busy) return;
    this.busy = true;
    this.output.hidden = false;
    this.record.hidden = this.simulated.hidden = this.more.hidden = true;
    this.report.clear();
    this.report.say("running");
    let found;
    try {
      found = await work();
    } catch (error) {
      found = this.early(error);
    }
    if (found.record) this.show(found);
    this.report.end(found);
    this.found = found;
    if (found.result === HOLDS && this.evidence instanceof SiteEvidence) {
      this.more.textContent = this.texts.get("more", cost(this.evidence, found.checkpoint));
      this.more.hidden = false;
    }
    this.output.querySelector("h2").focus();
    this.busy = false;
  }

  /** Whether this protocol stands, by every entry of the log. */
  async readWholeLog() {
    if (this.busy) return;
    this.busy = this.more.hidden = true;
    const { evidence, found } = this;
    const { election, precinct, contest } = found.record;
    const claim = { election, precinct, contest, index: found.stands?.index };
    const whole = await checkWhole(evidence, found.checkpoint, claim, (read, size) => {
      this.progress.textContent = this.texts.get("progress", { read, size });
    });
    this.progress.textContent = "";
    this.report.whole(...this.concluded(whole, found));
    this.busy = false;
  }

  /** What went wrong before the first step: in what was typed or chosen, or in what was read to find the entry of a code. */
  early(error) {
    const known = error instanceof Refused || error instanceof CannotCheck;
    return {
      result: error instanceof Refused ? FAILS : CANNOT,
      step: this.stage,
      reason: known ? error.message : "unforeseen",
      values: known ? error.values : { error: String(error) },
    };
  }

  /** What reading the whole log says of the version that was checked, which need not be the one that stands. */
  concluded(whole, found) {
    if (whole.result !== HOLDS) return [whole, found];
    const { now } = whole.values;
    const own = found.told.index;
    const state = stateOf(now, { index: own, record: found.record });
    const stands = { replaced: null, ...found.stands, state, index: now.index, by: now.index === own ? now.by : now.index };
    return [{ ...whole, values: { ...whole.values, state } }, { ...found, stands }];
  }

  async fromSite() {
    const value = (name) => this.form.elements[name].value.trim();
    this.stage = "site";
    const read = siteReader(folderOf(value("site")));
    const named = Object.fromEntries(PLACE.map((name) => [name, value(name)]).filter(([, typed]) => typed));
    if (value("code")) return this.fromCode(read, value("code"), named);
    this.stage = "named";
    if (!isPlace(named)) throw new CannotCheck("name-place");
    const said = await hint(read, named);
    return this.check(() => new SiteEvidence(read), { ...named, ...said });
  }

  /** The entry of a short code. Where it was opened, a sealed one does not say: its place has to be named too. */
  async fromCode(read, text, named) {
    this.stage = "code";
    const { index, check } = parseCode(text);
    const evidence = new SiteEvidence(read);
    this.stage = "checkpoint";
    const { size } = await openCheckpoint(await evidence.checkpoint(), await parseKey(this.key));
    this.stage = "code";
    need(index < size, "code-beyond", { index, size });
    this.stage = "entry";
    const { bytes } = await evidence.entry(index, size);
    this.stage = "code";
    need(checkDigits(await leafHash(bytes)) === check, "other-code", { index, check });
    const entry = parseEntry(bytes);
    samePlace(entry, named);
    return this.check(() => new SiteEvidence(read), { ...named, index, ...(await this.around(read, index, entry, named)) });
  }

  /** Where the entry of a code was opened, and the others about its place. */
  async around(read, index, entry, named) {
    if (entry.act !== "log.sealed") {
      if (!PROTOCOLS.includes(entry.act)) throw new CannotCheck("no-protocol", { index });
      const { opened, others } = hinted(index, await perhaps(read, entry));
      return { opened, others };
    }
    if (!isPlace(named)) throw new CannotCheck("name-sealed", { index });
    const { known, opened, others } = hinted(index, await hint(read, named));
    if (!known) throw new CannotCheck("code-or-sealed", { index });
    return { opened, others };
  }

  async fromFile(file) {
    this.stage = "file";
    need(file.size < 2 ** 22, "file-form");
    const evidence = new SavedEvidence(textOf(new Uint8Array(await file.arrayBuffer())));
    const { place, index, opened, others } = evidence;
    return this.check(() => evidence, { ...place, index, opened, others });
  }

  async check(evidence, claim) {
    const fresh = () => {
      this.report.clear();
      this.evidence = evidence();
      return this.evidence;
    };
    return checkTwice(fresh, { key: this.key, figures: null, ...claim }, (...told) => this.report.step(...told));
  }

  /** The signed figures; shown also when something does not hold, but never without the result above them. */
  show({ record, result }) {
    this.simulated.hidden = record.simulated !== true;
    if (result === FAILS || !Array.isArray(record.lines) || !Array.isArray(record.votes)) return;
    const row = (word) => (figure, i) =>
      make("tr", {}, make("th", { scope: "row" }, this.words.get(word, { number: i + 1 })), make("td", { class: "number" }, this.texts.show(figure)));
    const body = this.record.querySelector("[data-tool-figures]");
    body.replaceChildren(...record.lines.map(row("line")), ...record.votes.map(row("option")));
    this.record.hidden = false;
  }
}

/** Makes the file work. */
export function startTool(body = document.body) {
  return new Tool(body);
}

