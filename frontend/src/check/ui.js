// How a check is told: one line a step, in the page's words; nothing here decides anything.

import { CANNOT, FAILS, HOLDS } from "./protocol.js";

const MARKS = { [HOLDS]: "✓", [FAILS]: "✗", [CANNOT]: "?" };
const OUTSIDE = "!";
const COUNTING = ["received", "accepted"];
const THIN_SPACE = "\u202f";

/** The texts of a page: what stands in the elements with `data-text` of a <template>. */
export class Texts {
  constructor(template) {
    const named = template.content.querySelectorAll("[data-text]");
    this.texts = new Map([...named].map((one) => [one.dataset.text, one.textContent.trim()]));
    this.mark = template.dataset.thousands || THIN_SPACE;
  }

  has(name) {
    return this.texts.has(name);
  }

  /** A text with its {places} filled in; a name without a text is shown as it is, rather than nothing. */
  get(name, values = {}) {
    const text = this.texts.get(name) ?? name;
    return text.replace(/\{(\w+)\}/g, (place, key) => (key in values ? this.show(values[key]) : place));
  }

  show(value) {
    return typeof value === "number" ? String(value).replace(/\B(?=(\d{3})+$)/g, this.mark) : String(value);
  }

  reason(result) {
    const name = `reason-${result.reason}`;
    return this.has(name) ? this.get(name, this.worded(result.values)) : this.get("reason-other", { reason: result.reason });
  }

  /** Values with the state of a protocol in words. */
  worded(values) {
    return values?.state ? { ...values, state: this.get(`state-${values.state}`) } : values;
  }
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The list of steps and the result of one check. `status` is a live region for readers of the screen. */
export class Report {
  constructor({ steps, result, status }, texts) {
    Object.assign(this, { steps, result, status, texts });
    this.clear();
  }

  clear() {
    this.steps.replaceChildren();
    this.result.replaceChildren();
    for (const name of ["result", "state", "tone"]) delete this.result.dataset[name];
    this.result.hidden = true;
  }

  say(name, values) {
    this.status.textContent = this.texts.get(name, values);
  }

  step(name, outcome, values) {
    const { texts } = this;
    const told = values.reason ? texts.reason({ reason: values.reason, values }) : texts.get(`step-${name}`, texts.worded(values));
    const item = make("li", { "data-step": name, "data-outcome": outcome });
    const mark = make("span", { "aria-hidden": "true", class: "check-mark" }, MARKS[outcome]);
    item.append(make("p", {}, mark, " ", make("strong", {}, texts.get(`title-${name}`)), ` – ${texts.get(outcome)}. `, told));
    const bytes = this.bytes(name, values);
    if (bytes.length) {
      const list = make("dl", { class: "check-bytes" }, ...bytes);
      item.append(make("details", {}, make("summary", {}, texts.get("bytes")), list));
    }
    this.steps.append(item);
    this.status.textContent = `${texts.get(`title-${name}`)}: ${texts.get(outcome)}`;
  }

  /** The hashes of a step, each under its name. */
  bytes(name, values) {
    return ["key", "hash", "root", "leaf", "sealed", "list"].flatMap((member) => {
      const label = `bytes-${name}-${member}`;
      if (!values[member] || !this.texts.has(label)) return [];
      const shown = [values[member]].flat().map((one) => make("code", { class: "hash" }, String(one)));
      return [make("dt", {}, this.texts.get(label)), ...shown.map((one) => make("dd", {}, one))];
    });
  }

  /** The result of reading the whole log, after that of the check before it. */
  whole(whole, found) {
    this.step("place", whole.result, { ...whole.values, ...(whole.reason ? { reason: whole.reason } : {}) });
    this.end(whole.result === HOLDS ? found : whole);
  }

  /** What a check that holds says first: that the protocol is recorded as written, and at once where it does not count. */
  held({ told, stands, record }) {
    const { texts } = this;
    const state = stands?.state ?? "unknown";
    const values = { ...told, by: stands?.by, replaced: stands?.replaced, version: record.version };
    if (!COUNTING.includes(state)) return { state, sentences: [texts.get(`result-${state}`, values)] };
    const sentences = [texts.get("result-holds", values), texts.get(`stands-${state}`)];
    if (stands.replaced !== null) sentences.push(texts.get("stands-corrected", values));
    return { state, sentences };
  }

  end(found) {
    const { texts } = this;
    const held = found.result === HOLDS ? this.held(found) : null;
    const step = found.step ? texts.get(`title-${found.step}`) : "";
    const [first, ...rest] = held?.sentences ?? [texts.get(`result-${found.result}`, { step })];
    if (found.reason) rest.push(texts.reason(found));
    const counts = !held || COUNTING.includes(held.state);
    this.result.dataset.result = found.result;
    if (held) this.result.dataset.state = held.state;
    this.result.dataset.tone = counts ? found.result : "outside";
    this.result.replaceChildren(
      make("span", { "aria-hidden": "true", class: "check-mark" }, counts ? MARKS[found.result] : OUTSIDE),
      " ",
      make("strong", {}, first),
      rest.length ? ` ${rest.join(" ")}` : "",
    );
    this.result.hidden = false;
    this.status.textContent = [first, ...rest].join(" ");
  }
}
