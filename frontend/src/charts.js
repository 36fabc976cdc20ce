// Pictures that answer: Vega draws the same specification again, with words under the pointer and under the keyboard.
// What stands in the page is whole without this; if anything here fails it stays.

const NEAR = "200px";
let engine;

/** Vega, its interpreter (nothing is ever compiled from text: the policy of our pages forbids it). Fetched once. */
function vega() {
  engine ??= Promise.all([import("vega-embed"), import("vega-interpreter")]).then(([embed, interpreter]) => ({
    embed: embed.default,
    expressionInterpreter: interpreter.expressionInterpreter,
  }));
  return engine;
}

const pageSize = () => document.querySelector("main[data-size]")?.dataset.size;

/** Vega follows links by a script of its own, for the pointer alone; ours are true links. */
function withoutLinks(spec) {
  const layers = [...spec.layer];
  for (const one of layers) {
    delete one.encoding?.href;
    layers.push(...(one.layer ?? []));
  }
  return spec;
}

/** Puts each shape into its link; texts around them repeat what the links say. */
function link(drawn, links) {
  for (const [place, shape] of [...drawn.querySelectorAll(".cells_marks > path")].entries()) {
    const made = document.createElementNS(drawn.namespaceURI, "a");
    made.setAttribute("href", links[place].url);
    made.setAttribute("aria-label", links[place].description);
    shape.replaceWith(made);
    made.append(shape);
  }
  for (const texts of drawn.querySelectorAll(".mark-text")) texts.setAttribute("aria-hidden", "true");
}

/** Puts a picture in the place of another; whoever stands on a link by keyboard stays on it. */
function exchange(before, after) {
  const held = before.contains(document.activeElement) ? document.activeElement : null;
  held?.blur(); // the words beside it go first: were they to go while the picture does, neither would stand
  before.replaceWith(after);
  const same = held && [...after.querySelectorAll("a")].find((one) => one.getAttribute("href") === held.getAttribute("href"));
  same?.focus({ preventScroll: true, focusVisible: true });
}

class Figure {
  constructor(element) {
    this.element = element;
    this.name = element.dataset.chart;
    this.place = element.querySelector("[data-chart-picture]");
    this.modes = [...element.querySelectorAll(".chart-mode")];
    this.mode = this.chosen()?.value;
    for (const input of this.modes) {
      input.addEventListener("change", () => {
        this.mode = input.value;
        this.draw();
      });
    }
    this.place.addEventListener("focusin", (event) => this.tell(event.target.closest("a")));
    this.place.addEventListener("focusout", () => this.hush());
    this.place.addEventListener("keydown", (event) => event.key === "Escape" && this.hush());
  }

  chosen() {
    return this.modes.find((input) => input.checked);
  }

  url() {
    return this.chosen()?.dataset.specUrl ?? this.element.dataset.specUrl;
  }

  /** Draws anew; the static picture goes only when its successor stands. */
  async draw() {
    const still = this.place.querySelector(".chart-svg") ?? this.still;
    const turn = (this.turn = Symbol("turn"));
    this.restore(still);
    try {
      const [{ embed, expressionInterpreter }, answer] = await Promise.all([vega(), fetch(this.url())]);
      if (!answer.ok) return;
      const spec = await answer.json();
      if (String(spec.usermeta?.size) !== pageSize() || turn !== this.turn) return;
      const own = `url(#${still.closest("figure").dataset.chart}-`;
      const text = JSON.stringify(spec).replaceAll(`url(#${spec.usermeta.chart}-`, own);
      const links = spec.datasets.districts ?? spec.datasets.areas ?? [];
      const box = document.createElement("div");
      const result = await embed(box, withoutLinks(JSON.parse(text)), {
        mode: "vega-lite",
        ast: true,
        expr: expressionInterpreter,
        renderer: "svg",
        actions: false,
        defaultStyle: false,
        hover: false,
        tooltip: (_handler, event, _item, value) => this.show(event, value),
      });
      const drawn = box.querySelector("svg");
      if (turn !== this.turn || !drawn || !still.isConnected) return result.finalize();
      this.finish(drawn, still, links);
      this.view = result;
      this.still = still;
      exchange(still, drawn);
    } catch (error) {
      console.info("The picture stays as it is:", error);
    }
  }

  /** Gives the new picture what the still one has: patterns, names, a size that follows the page. */
  finish(drawn, still, links) {
    const patterns = still.querySelector("defs");
    if (patterns) drawn.prepend(patterns.cloneNode(true));
    for (const name of ["role", "aria-label", "aria-describedby", "viewBox"]) {
      const value = still.getAttribute(name);
      if (value !== null) drawn.setAttribute(name, value);
    }
    for (const name of ["width", "height", "aria-roledescription"]) drawn.removeAttribute(name);
    drawn.classList.add("chart-drawn");
    for (const one of drawn.querySelectorAll("[aria-roledescription], [role^=graphics]")) {
      for (const name of ["role", "aria-roledescription", "aria-label"]) one.removeAttribute(name);
    }
    if (still.getAttribute("role") === "group") link(drawn, links);
  }

  restore(still) {
    this.hush();
    this.view?.finalize();
    this.view = null;
    const drawn = this.place.querySelector(".chart-drawn");
    if (drawn && still) exchange(drawn, still);
  }

  /** Words beside the pointer. */
  show(event, value) {
    if (value === null || value === undefined || value === "") return this.hush();
    const parts = typeof value === "object" ? Object.values(value) : [value];
    const bounds = this.place.getBoundingClientRect();
    this.say(parts.map(String), event.clientX - bounds.left, event.clientY - bounds.top);
  }

  /** Words beside what has the focus. */
  tell(link) {
    const label = link?.getAttribute("aria-label");
    if (!label || !link.matches(":focus-visible")) return;
    const [bounds, target] = [this.place.getBoundingClientRect(), link.getBoundingClientRect()];
    const [name, ...rest] = label.split(": ");
    this.say([name, rest.join(": ")], target.right - bounds.left, target.bottom - bounds.top);
  }

  say(parts, x, y) {
    this.tip ??= Object.assign(document.createElement("div"), { className: "chart-tip" });
    this.tip.setAttribute("aria-hidden", "true"); // the link says it already
    const [head, ...rest] = parts;
    const strong = Object.assign(document.createElement("strong"), { textContent: head });
    this.tip.replaceChildren(strong, ...rest.map((one) => document.createTextNode(`${one} `)));
    this.place.append(this.tip);
    const room = this.place.clientWidth - this.tip.offsetWidth;
    this.tip.style.left = `${Math.max(0, Math.min(x + 12, room))}px`;
    this.tip.style.top = `${y + 14}px`;
  }

  hush() {
    this.tip?.remove();
  }

  /** After the page took a newer one in: the mode that the reader chose stands again, and the picture answers again. */
  renew() {
    const wanted = this.modes.find((input) => input.value === this.mode);
    if (wanted && !wanted.checked) wanted.checked = true;
    this.place.addEventListener("pointerenter", () => this.draw(), { once: true });
  }
}

/** Called once the page has loaded. */
export function start() {
  if (navigator.connection?.saveData || !("IntersectionObserver" in window)) return;
  const figures = new Map();
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        figures.get(target)?.draw();
      }
    },
    { rootMargin: NEAR },
  );
  const find = () => {
    for (const element of document.querySelectorAll("figure[data-spec-url]")) {
      if (figures.has(element) || !element.querySelector(".chart-svg")) continue;
      figures.set(element, new Figure(element));
      near.observe(element);
    }
  };
  find();
  const main = document.querySelector("main[data-size]");
  if (!main) return;
  new MutationObserver(() => {
    for (const figure of figures.values()) figure.renew();
    find();
  }).observe(main, { attributes: true, attributeFilter: ["data-size"] });
}
