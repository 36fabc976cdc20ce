// A page that stays open through the night: asks one tiny file for the tree size; when it has changed, reads the whole page
// again and puts it in place at once. The page that comes is of one size, and so is what stands here afterwards.
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { resort, sortable, unsort } from "./tables.js";

const SECOND = 1000;
const LONGEST_WAIT = 120 * SECOND;
const TIME_LIMIT = 15 * SECOND;
const SPREAD = 0.2;
const SAVING = 60; // seconds between questions where the reader saves data
const ANNOUNCE_EVERY = 60 * SECOND;
const HIGHLIGHT = { duration: 1800, easing: "ease-out" };
const HAS_NUMBER = /\d/;

/** Milliseconds until the next question: spread, so that the pages of a country do not ask in step; longer after failures. */
export function wait(every, failures, random = Math.random()) {
  const plain = Math.min(every * SECOND * 2 ** failures, Math.max(LONGEST_WAIT, every * SECOND));
  return plain * (1 - SPREAD + 2 * SPREAD * random);
}

/** The live parts of a page that stand outside of what is replaced whole. */
const outside = (page) => [...page.querySelectorAll("[data-live]")].filter((one) => !one.closest("main"));

/** Why a page cannot take the place of this one: "older", "other" (another page, election or build); null when it can. */
export function obstacle(now, next) {
  const [before, after] = [now.querySelector("main"), next.querySelector("main")];
  if (!after?.dataset.size || after.dataset.election !== before.dataset.election) return "other";
  if (Number(after.dataset.size) <= Number(before.dataset.size)) return "older";
  const assets = (page) =>
    [...page.head.querySelectorAll("script[src], link[rel=stylesheet]")]
      .map((one) => one.getAttribute("src") ?? one.getAttribute("href"))
      .sort()
      .join(" ");
  const names = (page) => outside(page).map((one) => one.dataset.live).join();
  if (assets(now) !== assets(next) || names(now) !== names(next)) return "other";
  return null;
}

/** The selected text, to be put back after nodes changed under it. */
function selection() {
  const now = getSelection();
  if (!now || now.isCollapsed || !now.rangeCount) return () => {};
  const { anchorNode, anchorOffset, focusNode, focusOffset } = now;
  const within = (node, offset) => Math.min(offset, (node.nodeType === Node.TEXT_NODE ? node.data : node.childNodes).length);
  return () => {
    if (!anchorNode.isConnected || !focusNode.isConnected) return;
    now.setBaseAndExtent(anchorNode, within(anchorNode, anchorOffset), focusNode, within(focusNode, focusOffset));
  };
}

/** What the morph leaves as the reader has it. `changed` collects the elements whose number is another one. */
function callbacks(changed) {
  const element = (node) => node.nodeType === Node.ELEMENT_NODE;
  return {
    beforeNodeMorphed(old, fresh) {
      if (old.nodeType === Node.TEXT_NODE && old.data.trim() !== fresh.data?.trim() && HAS_NUMBER.test(fresh.data ?? "")) {
        changed.add(old.parentElement);
      }
      if (!element(old)) return true;
      // What a script made of a head, and a part of the page that is a script's own.
      if (old.tagName === "TH" && old.querySelector("button.sort") && old.textContent.trim() === fresh.textContent.trim()) return false;
      return !(old.tagName === "NOSCRIPT" || old.hasAttribute("data-live-keep"));
    },
    beforeNodeRemoved: (node) => !(element(node) && node.hasAttribute("data-live-keep")),
    beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
  };
}

/** Puts a newer page in the place of this one, in one go. Returns the elements whose number has changed. */
export function replace(now, next) {
  const changed = new Set();
  const options = { morphStyle: "innerHTML", restoreFocus: true, ignoreActiveValue: true, callbacks: callbacks(changed) };
  const [main, fresh] = [now.querySelector("main"), next.querySelector("main")];
  const restore = selection();
  unsort(main);
  const others = outside(next);
  for (const [i, part] of outside(now).entries()) Idiomorph.morph(part, others[i].innerHTML, options);
  Idiomorph.morph(main, [...fresh.childNodes], options);
  main.dataset.size = fresh.dataset.size;
  now.title = next.title;
  sortable(main);
  resort(main);
  restore();
  return [...changed].filter((one) => one?.isConnected);
}

class Live {
  constructor(main, bar) {
    this.main = main;
    this.url = main.dataset.liveUrl;
    this.every = 5;
    this.failures = 0;
    this.announced = 0;
    this.sentence = this.answer();
    this.bar = bar;
    const find = (name) => bar?.querySelector(`[data-live-${name}]`);
    this.button = find("pause");
    this.message = find("message");
    this.region = find("announce");
    const texts = find("texts")?.content.querySelectorAll("[data-text]") ?? [];
    this.texts = Object.fromEntries([...texts].map((one) => [one.dataset.text, one.textContent]));
  }

  start() {
    if (this.button) {
      this.button.disabled = false;
      this.button.addEventListener("click", () => this.pause(!this.paused));
    }
    document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.now()));
    addEventListener("online", () => this.now());
    addEventListener("offline", () => this.say("offline"));
    addEventListener("pageshow", (event) => event.persisted && this.now());
    this.say("on");
    this.later();
  }

  answer() {
    return this.main.querySelector('[data-live="answer"]')?.textContent.replace(/\s+/g, " ").trim() ?? "";
  }

  say(name) {
    this.state = name;
    const text = this.texts[name] ?? "";
    if (this.message && this.message.textContent !== text) this.message.textContent = text;
    if (this.bar) this.bar.dataset.state = name;
  }

  pause(paused) {
    this.paused = paused;
    this.button.textContent = this.texts[paused ? "resume" : "pause"];
    if (paused) {
      this.stop();
      this.say("paused");
    } else {
      this.say("on");
      this.now();
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  later() {
    clearTimeout(this.timer);
    if (this.paused || this.over || document.hidden) return;
    this.timer = setTimeout(() => this.now(), wait(this.every, this.failures));
  }

  /** Asks at once, unless somebody already does or nobody may. */
  async now() {
    if (this.paused || this.over || document.hidden || this.busy) return;
    clearTimeout(this.timer);
    this.busy = true;
    try {
      await this.ask();
      this.failures = 0;
    } catch {
      if (!this.paused && !document.hidden) this.failed();
    } finally {
      this.busy = false;
      this.later();
    }
  }

  failed() {
    this.failures += 1;
    if (this.failures > 1 || navigator.onLine === false) this.say("offline");
  }

  async get(url) {
    this.asking = new AbortController();
    const limit = setTimeout(() => this.asking.abort(), TIME_LIMIT);
    try {
      const answer = await fetch(url, { cache: "no-cache", credentials: "omit", signal: this.asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      return { text, stale: answer.headers.has("X-Esaylov-Stale") };
    } finally {
      clearTimeout(limit);
    }
  }

  async ask() {
    const { text, stale } = await this.get(this.url);
    const { size, every } = JSON.parse(text);
    if (every > 0) this.every = navigator.connection?.saveData ? Math.max(every, SAVING) : every;
    this.say(stale ? "stale" : "on");
    if (size > Number(this.main.dataset.size)) await this.refresh();
  }

  async refresh() {
    const { text } = await this.get(location.pathname + location.search);
    if (this.paused) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const why = obstacle(document, page);
    if (why === "other") {
      this.over = true;
      this.say("reload");
    }
    if (why) return; // an older page comes from a server that is behind: the next question finds it further
    await new Promise((frame) => requestAnimationFrame(frame));
    const changed = replace(document, page);
    this.highlight(changed);
    this.announce();
    document.dispatchEvent(new CustomEvent("esaylov:updated", { detail: { size: Number(this.main.dataset.size) } }));
  }

  /** Shows once, and only to who wants movement, which numbers have changed. */
  highlight(elements) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--mark").trim() || "#fff0b8";
    for (const one of elements) one.animate?.([{ backgroundColor: colour }, { backgroundColor: "transparent" }], HIGHLIGHT);
  }

  /** Tells readers of the screen the new answer, politely, at most once a minute, and only when it is another one. */
  announce() {
    clearTimeout(this.announcing);
    const due = this.announced + ANNOUNCE_EVERY - Date.now();
    if (due > 0) {
      this.announcing = setTimeout(() => this.announce(), due);
      return;
    }
    const sentence = this.answer();
    if (!this.region || !sentence || sentence === this.sentence) return;
    this.sentence = sentence;
    this.announced = Date.now();
    this.region.textContent = sentence;
  }
}

/** Keeps this page up to date. */
export function start(root = document) {
  const main = root.querySelector("main[data-live-url]");
  if (main?.dataset.size) new Live(main, root.querySelector("[data-live-bar]")).start();
}
