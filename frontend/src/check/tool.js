// The check as one file: from a site's published files, or from a saved proof.

import { CannotCheck, Refused, hex, need, textOf } from "./bytes.js";
import { SavedEvidence, SiteEvidence, siteReader } from "./evidence.js";
import { parseEntry } from "./entry.js";
import { openCheckpoint, parseKey } from "./note.js";
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

/** What a site says about a place: where its entry stands. Only a hint; everything is checked afterwards. */
async function hint(read, place) {
  const parts = [place.election, place.precinct, place.contest].map(encodeURIComponent);
  const bytes = await read(`open/elections/${parts[0]}/proofs/${parts[1]}/${parts[2]}.json`);
  if (bytes === null) throw new CannotCheck("no-place");
  const saved = new SavedEvidence(textOf(bytes));
  return { index: saved.index, opened: saved.opened };
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
    const claim = { election, precinct, contest, index: found.told.index };
    const whole = await checkWhole(evidence, found.checkpoint, claim, (read, size) => {
      this.progress.textContent = this.texts.get("progress", { read, size });
    });
    this.progress.textContent = "";
    this.report.whole(whole, found);
    this.busy = false;
  }

  /** What went wrong before the first step. */
  early(error) {
    const known = error instanceof Refused || error instanceof CannotCheck;
    return {
      result: error instanceof Refused ? FAILS : CANNOT,
      step: "file",
      reason: known ? error.message : "unforeseen",
      values: known ? error.values : { error: String(error) },
    };
  }

  async fromSite() {
    const value = (name) => this.form.elements[name].value.trim();
    const read = siteReader(new URL("./", `${value("site").replace(/\/*$/, "")}/`).href);
    const place = { election: value("election"), precinct: value("precinct"), contest: value("contest") };
    if (value("code")) return this.fromCode(read, value("code"), place);
    return this.check(() => new SiteEvidence(read), { ...place, ...(await hint(read, place)) });
  }

  /** The entry of a short code. Where it was opened, a sealed one does not say: its place has to be named too. */
  async fromCode(read, text, place) {
    const { index, check } = parseCode(text);
    const evidence = new SiteEvidence(read);
    const checkpoint = await openCheckpoint(await evidence.checkpoint(), await parseKey(this.key));
    const { bytes } = await evidence.entry(index, checkpoint.size);
    need(checkDigits(await leafHash(bytes)) === check, "other-code");
    // What was named must be what the entry is about, be it the precinct alone.
    const named = Object.fromEntries(Object.entries(place).filter(([, value]) => value));
    let opened = null;
    if (parseEntry(bytes).act === "log.sealed" && named.election && named.precinct && named.contest) {
      const hinted = await hint(read, named);
      opened = hinted.index === index ? hinted.opened : null;
    }
    return this.check(() => new SiteEvidence(read), { ...named, index, opened });
  }

  async fromFile(file) {
    need(file.size < 2 ** 22, "file-form");
    const evidence = new SavedEvidence(textOf(new Uint8Array(await file.arrayBuffer())));
    return this.check(() => evidence, { ...evidence.place, index: evidence.index, opened: evidence.opened });
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

