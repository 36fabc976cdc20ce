// Sorting of tables marked data-sortable: the head's words become buttons. The order in which a table came is its own
// and returns with the third press. Rows of tfoot stay; tables of more than one tbody are sorted in each.

const collators = new Map();

function collator(language) {
  if (!collators.has(language)) {
    let made;
    try {
      made = new Intl.Collator(language, { numeric: true });
    } catch {
      made = new Intl.Collator(undefined, { numeric: true });
    }
    collators.set(language, made);
  }
  return collators.get(language);
}

/** The value of a cell: data-value, else the number that it shows, else its words; null for nothing. */
export function valueOf(cell) {
  const given = cell?.dataset.value ?? cell?.querySelector("time")?.dateTime;
  const text = (given ?? cell?.innerText ?? "").trim();
  if (text === "" || text === "–") return null;
  if (!cell.classList.contains("number")) return text;
  return parseNumber(text) ?? text;
}

/** A number as our pages write it ("1,234.50", "1 234,50 %"), or null. */
export function parseNumber(text, language = document.documentElement.lang) {
  const plain = text.replace(/[\s\u00a0\u2009\u202f%+]/g, "").replace("−", "-");
  const value = language === "en" ? plain.replace(/,/g, "") : plain.replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}

function compare(a, b, language) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return collator(language).compare(String(a), String(b));
}

function sort(table, column, direction) {
  const language = document.documentElement.lang;
  for (const body of table.tBodies) {
    const rows = [...body.rows];
    rows.forEach((row, place) => (row.dataset.place ??= String(place)));
    const keyed = rows.map((row) => [direction ? valueOf(row.cells[column]) : Number(row.dataset.place), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null); // what has no value stays below
      return (direction || 1) * compare(a, b, language);
    });
    body.append(...keyed.map(([, row]) => row));
  }
}

function press(table, heads, column) {
  const before = heads[column].getAttribute("aria-sort");
  const first = heads[column].classList.contains("number") ? "descending" : "ascending";
  const other = first === "descending" ? "ascending" : "descending";
  const now = before === first ? other : before === other ? "none" : first;
  for (const head of heads) if (head.hasAttribute("aria-sort")) head.setAttribute("aria-sort", "none");
  heads[column].setAttribute("aria-sort", now);
  sort(table, column, { ascending: 1, descending: -1, none: 0 }[now]);
}

/** Makes the tables below `root` sortable; called again after parts of a page were replaced. */
export function sortable(root) {
  for (const table of root.querySelectorAll("table[data-sortable]")) {
    const row = table.tHead?.rows[0];
    if (!row || table.tHead.rows.length > 1 || row.querySelector("[colspan]") || row.querySelector("button")) continue;
    const heads = [...row.cells];
    heads.forEach((head, column) => {
      if (head.tagName !== "TH" || !head.innerText.trim() || head.dataset.sort === "no") return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => press(table, heads, column));
    });
  }
}

const SORTED = 'table[data-sortable] th[aria-sort="ascending"], table[data-sortable] th[aria-sort="descending"]';

/** Brings sorted tables back into their own order, before their rows are replaced. */
export function unsort(root) {
  for (const head of root.querySelectorAll(SORTED)) sort(head.closest("table"), head.cellIndex, 0);
  for (const row of root.querySelectorAll("tr[data-place]")) delete row.dataset.place;
}

/** Sorts them again as they were. */
export function resort(root) {
  for (const head of root.querySelectorAll(SORTED)) {
    sort(head.closest("table"), head.cellIndex, head.getAttribute("aria-sort") === "ascending" ? 1 : -1);
  }
}
