"""The states of a place in words, as the cabinet's status tags show them."""

from __future__ import annotations

from django.utils.translation import pgettext


def state_tag(code: str) -> dict[str, str]:
    """A status tag of `design/components/tag.html`: code, text, meaning."""
    text, meaning = _words().get(code, (code, ""))
    return {"code": code, "text": text, "meaning": meaning}


def _words() -> dict[str, tuple[str, str]]:
    return {
        "awaited": (pgettext("state", "awaited"), pgettext("state", "No protocol has come yet.")),
        "received": (
            pgettext("state", "received"),
            pgettext("state", "It counts; the higher commission has not decided about it yet."),
        ),
        "accepted": (pgettext("state", "accepted"), pgettext("state", "The higher commission accepted it.")),
        "inconsistent": (
            pgettext("state", "received, inconsistent"),
            pgettext(
                "state", "It is recorded and stays outside the totals until it is corrected or accepted."
            ),
        ),
        "returned": (
            pgettext("state", "returned"),
            pgettext(
                "state",
                "The higher commission returned it; the precinct commission corrects it at a sitting.",
            ),
        ),
        "conflicting": (
            pgettext("state", "conflicting"),
            pgettext("state", "Another protocol already stood; this one is kept beside it."),
        ),
        "annulled": (
            pgettext("state", "annulled"),
            pgettext("state", "The results here were declared invalid."),
        ),
    }
