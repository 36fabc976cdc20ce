// Parts that fold: closed on narrow screens, open on wide ones (where the style sheet shows them already, so that
// nothing moves). From here on the reader opens and closes them; printing opens all.

const WIDE = "(min-width: 48rem)";

export function folds(root) {
  const parts = [...root.querySelectorAll("details.fold")];
  if (!parts.length) return;
  if (matchMedia(WIDE).matches) for (const part of parts) part.open = true;
  document.documentElement.dataset.folds = "";
  openNamed(root);
  addEventListener("hashchange", () => openNamed(root));
}

/** Opens the part that the address names, or that what it names stands in. */
function openNamed(root) {
  const name = decodeURIComponent(location.hash.slice(1));
  const target = name && document.getElementById(name);
  if (!target || !root.contains(target)) return;
  for (let part = target.closest("details"); part; part = part.parentElement?.closest("details")) part.open = true;
  target.scrollIntoView();
}
