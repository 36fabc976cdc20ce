// The site's script. Pages are whole without it: it only adds to what is there.
import { sortable } from "../tables.js";
import { forms } from "../forms.js";
import { folds } from "../folds.js";

// Parts that few pages need come when the page is there and asks for them; each exports start().
const parts = import.meta.glob(["../live.js", "../charts.js", "../check/index.js", "../passkeys.js", "../divisions.js", "../figures.js", "../passwords.js"]);
const wanted = [
  ["../live.js", "main[data-live-url]"],
  ["../check/index.js", "[data-check]"],
  ["../charts.js", "[data-spec-url]"],
  ["../divisions.js", "[data-division]"],
  ["../figures.js", "[data-figures], [data-figures-done]"],
  ["../passwords.js", "input[data-show]"],
  ["../passkeys.js", "[data-passkey], [data-passkey-new], [data-passkey-sign-in]"],
];

function after(work) {
  const idle = () => (window.requestIdleCallback ? requestIdleCallback(work, { timeout: 3000 }) : setTimeout(work, 200));
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
}

sortable(document);
forms(document);
folds(document);
after(() => {
  for (const [path, selector] of wanted) {
    if (parts[path] && document.querySelector(selector)) {
      parts[path]().then((part) => part.start?.());
    }
  }
});
