// Figures typed into a protocol's form outlive a change of language, a letter opened in between, a way back: they are kept in
// this tab only, by election, precinct, contest and account, until the protocol is recorded. Figures of fields and nothing else.
const PREFIX = "esaylov-figures:";

// What the browser kept for this tab; nothing where it keeps nothing.
function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + key)) ?? {};
  } catch {
    return {};
  }
}

// Without figures what was kept goes. A browser that keeps nothing leaves the form as it is without script.
function write(key, figures) {
  try {
    if (figures.length) sessionStorage.setItem(PREFIX + key, JSON.stringify(Object.fromEntries(figures)));
    else sessionStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing is lost that was not lost before.
  }
}

function keep(key, inputs) {
  write(key, inputs.filter((input) => input.value.trim()).map((input) => [input.name, input.value]));
}

// Only what is empty is filled: what the server wrote, or somebody typed before this script came, holds.
function restore(form, key, inputs) {
  const kept = read(key);
  const found = inputs.filter((input) => !input.value && typeof kept[input.name] === "string");
  for (const input of found) input.value = kept[input.name];
  if (found.length) form.querySelector("[data-figures-restored]").hidden = false;
}

export function start() {
  const recorded = document.querySelector("[data-figures-done]");
  if (recorded) write(recorded.dataset.figuresDone, []);
  const form = document.querySelector("form[data-figures]");
  if (!form) return;
  const key = form.dataset.figures;
  const inputs = [...form.querySelectorAll("input.count")];
  restore(form, key, inputs);
  keep(key, inputs);
  form.addEventListener("input", () => keep(key, inputs));
}
