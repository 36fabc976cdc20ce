// How a check is told: one line a step, in the page's words; nothing here decides anything.

import { CANNOT, FAILS, HOLDS } from "./protocol.js";

const MARKS = { [HOLDS]: "✓", [FAILS]: "✗", [CANNOT]: "?" };
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
    return this.has(name) ? this.get(name, result.values) : this.get("reason-other", { reason: result.reason });
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
    delete this.result.dataset.result;
    this.result.hidden = true;
  }

  say(name, values) {
    this.status.textContent = this.texts.get(name, values);
  }

  step(name, outcome, values) {
    const { texts } = this;
    const told = values.reason ? texts.reason({ reason: values.reason, values }) : texts.get(`step-${name}`, values);
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
    const state = this.texts.get(`state-${whole.values.state}`);
    this.step("place", whole.result, { ...whole.values, state, ...(whole.reason ? { reason: whole.reason } : {}) });
    this.end(whole.result === HOLDS ? found : { ...whole, values: { ...whole.values, state } });
  }

  end(found) {
    const { texts } = this;
    const values = { ...found.told, step: found.step ? texts.get(`title-${found.step}`) : "" };
    const sentences = [texts.get(`result-${found.result}`, values)];
    if (found.reason) sentences.push(texts.reason(found));
    this.result.dataset.result = found.result;
    this.result.replaceChildren(
      make("span", { "aria-hidden": "true", class: "check-mark" }, MARKS[found.result]),
      " ",
      make("strong", {}, sentences[0]),
      sentences.length > 1 ? ` ${sentences[1]}` : "",
    );
    this.result.hidden = false;
    this.status.textContent = sentences.join(" ");
  }
}
