// Parts that fold: closed on narrow screens, open on wide ones (where the style sheet shows them already, so that
// nothing moves). From here on the reader opens and closes them; printing opens all.

const WIDE = "(min-width: 48rem)";

export function folds(root) {
  const wide = matchMedia(WIDE);
  const open = (parts) => wide.matches && parts.forEach((part) => (part.open = true));
  const parts = root.querySelectorAll("details.fold");
  if (!parts.length) return;
  open(parts);
  document.documentElement.dataset.folds = "";
  // Parts that come while the page is open (the first figures of the night) stand open too.
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node.nodeType === Node.ELEMENT_NODE) open(node.matches("details.fold") ? [node] : node.querySelectorAll("details.fold"));
    }
  }).observe(root.querySelector("main"), { childList: true, subtree: true });
  openNamed(root);
  addEventListener("hashchange", () => openNamed(root));
}

/** What the address names on the page; null where there is no such thing, or where it is no text ("#%"). */
function named() {
  try {
    return document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return null;
  }
}

/** Opens the part that the address names, or that what it names stands in. */
function openNamed(root) {
  const target = named();
  if (!target || !root.contains(target)) return;
  for (let part = target.closest("details"); part; part = part.parentElement?.closest("details")) part.open = true;
  target.scrollIntoView();
}
