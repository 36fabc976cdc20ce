// "Check this protocol in your browser", on a protocol's page.

import { SiteEvidence, siteReader } from "./evidence.js";
import { HOLDS, checkTwice } from "./protocol.js";
import { Report, Texts } from "./ui.js";
import { checkWhole, cost } from "./whole.js";

// Whole numbers in groups of three with the mark of our languages, or without marks: nothing else is a figure.
const FIGURE = /^\d{1,3}(?:[,\u202f]\d{3})*$|^\d+$/;
const SEEN = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };

/** Whether the eye can see a cell. A browser that cannot say is asked whether the cell takes any room. */
function isSeen(cell) {
  if (cell.checkVisibility && !cell.checkVisibility(SEEN)) return false;
  const { width, height } = cell.getBoundingClientRect();
  return width > 1 && height > 1;
}

/** The figure that a cell shows to the eye ("" for a hidden one), and the one that it names for programs. */
function figureOf(cell, attribute) {
  const text = isSeen(cell) ? cell.innerText.trim() : "";
  return { shown: FIGURE.test(text) ? text.replace(/\D/g, "") : text, attribute };
}

/** The figures that this page displays for the entry at an index: of every table that says it is this entry's. */
export function displayed(document, index) {
  const cells = (name) => [...document.querySelectorAll(`[data-version-index="${index}"] [data-${name}]`)];
  return {
    lines: cells("line").map((cell) => figureOf(cell, cell.dataset.line)),
    votes: cells("votes").map((cell) => figureOf(cell, cell.dataset.votes)),
  };
}

const number = (text) => (text ? Number(text) : null);

/** The further entries about the place that the page names: indexes, one that was sealed with that of its opening (`12:280`). */
function othersOf(text) {
  return text.split(" ").filter(Boolean).map((one) => {
    const [index, opened] = one.split(":");
    return { index: Number(index), opened: number(opened) };
  });
}

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
    state: dataset.state,
    others: othersOf(dataset.others),
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
    if (this.outdated()) return;
    this.report.end(this.found);
    if (this.found.result !== HOLDS) return;
    this.more.textContent = this.texts.get("more", cost(this.evidence, this.found.checkpoint));
    this.more.hidden = false;
  }

  /** Every entry of the log: whether a later one replaced, returned or annulled this protocol. */
  async readWholeLog() {
    this.more.hidden = true;
    const progress = (read, size) => {
      this.progress.textContent = this.texts.get("progress", { read, size });
    };
    const { evidence, found, claim } = this;
    const whole = await checkWhole(evidence, found.checkpoint, claim, progress);
    this.progress.textContent = "";
    if (!this.outdated()) this.report.whole(whole, found);
  }

  /** Whether the page shows other figures, or another state, than those that were checked: then nothing is said of them. */
  outdated() {
    const plain = (claim) => JSON.stringify({ ...claim, size: null });
    if (!this.claim || plain(this.claim) === plain(claimOf(this.section.ownerDocument, this.section))) return false;
    this.report.clear();
    this.more.hidden = true;
    this.report.say("again");
    return true;
  }
}

/** Makes the check of this page usable. */
export function start(root = document) {
  const section = root.querySelector("[data-check]");
  if (!section) return;
  const panel = new Panel(section);
  root.addEventListener("esaylov:updated", () => panel.outdated());
}
