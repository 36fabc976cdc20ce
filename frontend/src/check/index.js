// "Check this protocol in your browser", on a protocol's page.

import { SiteEvidence, siteReader } from "./evidence.js";
import { readPlace } from "./place.js";
import { CANNOT, FAILS, HOLDS, checkTwice } from "./protocol.js";
import { CannotCheck, Refused } from "./bytes.js";
import { Report, Texts } from "./ui.js";

const MARKS_OF_THOUSANDS = /[\s,.'\u00a0\u2009\u202f]/g;

/** The figure that a cell shows to the eye, and the one that it names for programs. */
function figureOf(cell, attribute) {
  return { shown: (cell.innerText ?? cell.textContent).replace(MARKS_OF_THOUSANDS, ""), attribute };
}

/** The figures that this page displays for the entry at an index. */
export function displayed(document, index) {
  const version = document.querySelector(`[data-version-index="${index}"]`);
  const cells = (name) => [...(version?.querySelectorAll(`[data-${name}]`) ?? [])];
  return {
    lines: cells("line").map((cell) => figureOf(cell, cell.dataset.line)),
    votes: cells("votes").map((cell) => figureOf(cell, cell.dataset.votes)),
  };
}

const number = (text) => (text ? Number(text) : null);

function claimOf(document, { dataset }) {
  return {
    key: dataset.key,
    index: number(dataset.index),
    opened: number(dataset.opened),
    leaf: dataset.leaf,
    election: dataset.election,
    precinct: dataset.precinct,
    contest: dataset.contest,
    version: number(dataset.version),
    size: number(document.querySelector("main")?.dataset.size ?? dataset.size),
    simulated: dataset.simulated === "true",
    figures: displayed(document, dataset.index),
  };
}

class Panel {
  constructor(section) {
    this.section = section;
    const find = (name) => section.querySelector(`[data-check-${name}]`);
    this.button = find("start");
    this.more = find("more");
    this.progress = find("progress");
    this.texts = new Texts(find("texts"));
    this.report = new Report({ steps: find("steps"), result: find("result"), status: find("status") }, this.texts);
    this.read = siteReader("/");
    this.button.addEventListener("click", () => this.alone(() => this.check()));
    this.more.addEventListener("click", () => this.alone(() => this.readWholeLog()));
    this.button.disabled = false;
  }

  async alone(work) {
    if (this.busy) return;
    this.busy = true;
    this.button.setAttribute("aria-disabled", "true");
    try {
      await work();
    } finally {
      this.busy = false;
      this.button.removeAttribute("aria-disabled");
    }
  }

  async check() {
    this.more.hidden = true;
    this.claim = claimOf(this.section.ownerDocument, this.section);
    const fresh = () => {
      this.report.clear();
      this.report.say("running");
      this.evidence = new SiteEvidence(this.read);
      return this.evidence;
    };
    this.found = await checkTwice(fresh, this.claim, (...told) => this.report.step(...told));
    this.report.end(this.found);
    if (this.found.result !== HOLDS) return;
    const files = Math.ceil(this.found.checkpoint.size / 256);
    const megabytes = Math.ceil(this.evidence.about / 1e6);
    this.more.textContent = this.texts.get("more", { files, megabytes });
    this.more.hidden = false;
  }

  /** Every entry of the log: whether a later one replaced, returned or annulled this protocol. */
  async readWholeLog() {
    this.more.hidden = true;
    const { claim, found } = this;
    try {
      const at = await readPlace(
        this.evidence.read,
        found.checkpoint,
        claim,
        (read, size) => {
          this.progress.textContent = this.texts.get("progress", { read, size });
        },
      );
      this.compareState(at(claim.size ?? found.checkpoint.size), at(found.checkpoint.size));
    } catch (error) {
      const result = error instanceof Refused ? FAILS : CANNOT;
      const known = error instanceof Refused || error instanceof CannotCheck;
      const told = { reason: known ? error.message : "unforeseen", values: error.values ?? { error: String(error) } };
      this.report.step("place", result, { ...told.values, reason: told.reason });
      this.report.end({ result, step: "place", ...told });
    }
    this.progress.textContent = "";
  }

  compareState(then, now) {
    const { dataset } = this.section;
    const same = then.index === Number(dataset.index) && then.state === dataset.state;
    if (!same) throw new Refused("other-state", { signed: then.state, shown: dataset.state });
    if (now.leaf !== then.leaf || now.state !== then.state) throw new CannotCheck("newer-state", { state: now.state });
    this.report.step("place", HOLDS, { state: this.section.dataset.stateText ?? now.state });
    this.report.end({ result: HOLDS, told: this.found.told });
  }

  /** The page shows newer figures now: what was said before is not about them. */
  forget() {
    const now = JSON.stringify(claimOf(this.section.ownerDocument, this.section).figures);
    if (!this.claim || now === JSON.stringify(this.claim.figures)) return;
    this.report.clear();
    this.more.hidden = true;
    this.report.say("again");
  }
}

/** Makes the check of this page usable. */
export function start(root = document) {
  const section = root.querySelector("[data-check]");
  if (!section) return;
  const panel = new Panel(section);
  root.addEventListener("esaylov:updated", () => panel.forget());
}
