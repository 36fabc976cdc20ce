// A password can be looked at while it is typed: a button beside its field, in the words that the field brings along.
function button(field) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-small action-plain show-password";
  made.textContent = field.dataset.show;
  made.setAttribute("aria-controls", field.id);
  made.setAttribute("aria-pressed", "false");
  made.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    made.setAttribute("aria-pressed", String(!shown));
    field.focus();
  });
  return made;
}

export function start() {
  for (const field of document.querySelectorAll("input[data-show]")) {
    field.after(button(field));
    // What is sent is a password again: no browser keeps it among words that were typed.
    field.form?.addEventListener("submit", () => (field.type = "password"));
  }
}
