// Constituencies of a draft: voters and deviations are computed as somebody types, as the server computes them on “Recalculate”.
const whole = (text) => (/^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : 0);

function grouped(number, mark) {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, mark);
}

// Voters by constituency: what the server counted, less the rows on this page as they were, plus as they are now.
function counted(form) {
  const voters = new Map();
  for (const row of form.querySelectorAll("[data-constituency]")) voters.set(row.dataset.constituency, Number(row.dataset.voters));
  const add = (code, number) => voters.has(code) && voters.set(code, voters.get(code) + number);
  for (const row of form.querySelectorAll("[data-precinct]")) {
    for (const code of row.dataset.in.split(" ")) add(code, -Number(row.dataset.voters));
    const to = row.querySelector("[data-to]").value;
    const stays = !to && row.dataset.in.includes(" ") ? row.dataset.in.split(" ") : [to];
    for (const code of stays) add(code, whole(row.querySelector("[data-new]").value));
  }
  return voters;
}

// Exactly at the limit is inside: voters × n against total × (1 ± part / whole), in whole numbers.
function beyond(own, total, number, part, base) {
  return Math.abs(own * number - total) * base > total * part;
}

function recompute(form) {
  const { group, part, whole: base, beyondText, insideText } = form.dataset;
  const voters = counted(form);
  const total = [...voters.values()].reduce((sum, one) => sum + one, 0);
  let outside = 0;
  for (const row of form.querySelectorAll("[data-constituency]")) {
    const own = voters.get(row.dataset.constituency);
    const share = total ? (own * voters.size) / total - 1 : 0;
    const out = Boolean(part) && beyond(own, total, voters.size, Number(part), Number(base));
    outside += out;
    row.querySelector("[data-count]").textContent = grouped(own, group);
    row.querySelector("[data-deviation]").textContent = total ? `${share < 0 ? "" : "+"}${(share * 100).toFixed(1)} %` : "";
    const cell = row.querySelector("[data-within]");
    cell.textContent = out ? beyondText : insideText;
    cell.classList.toggle("bad", out);
  }
  const main = form.closest("main") ?? document;
  main.querySelector("[data-beyond]").textContent = grouped(outside, group);
  main.querySelector("[data-mean]").textContent = grouped(Math.round(total / voters.size), group);
}

function size(form, row) {
  const { least, most, small, large } = form.dataset;
  const voters = whole(row.querySelector("[data-new]").value);
  const text = least && voters < Number(least) ? small : most && voters > Number(most) ? large : "";
  row.querySelector("[data-size]").textContent = text;
}

export function start() {
  const form = document.querySelector("[data-division]");
  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-precinct]");
    if (!row) return;
    if (event.target.matches("[data-new]")) size(form, row);
    recompute(form);
  });
}
