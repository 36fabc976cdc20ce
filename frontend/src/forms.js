// A form that came back with errors: the reader starts at their summary.
export function forms(root) {
  const summary = root.querySelector("[data-error-summary]:not([data-example] *)");
  if (summary) summary.focus();
}
