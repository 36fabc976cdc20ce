"""The names of commissions: a commission has a tier and a territory, no name of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext

from esaylov.publication.pages.common import name_of
from esaylov.publication.portal.reads import BodyRow, bodies
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot

SYSTEM = "system"


def body_names(at: Snapshot, codes: Iterable[str]) -> Callable[[str], str]:
    """What names these commissions by code, after one query."""
    known = bodies(at, list(codes))

    def name(code: str) -> str:
        if code == SYSTEM:
            return gettext("The platform")
        return _name(at, known[code]) if code in known else code

    return name


def body_at(at: Snapshot, tier: str, territory: int) -> str:
    """The name of the commission of a tier, as editions name it, in a territory (database id)."""
    return _name(at, BodyRow("", "cec" if tier == "central" else tier, territory))


def _name(at: Snapshot, body: BodyRow) -> str:
    place = places(at.tables).by_id.get(body.territory)
    values = {"place": name_of(place) if place is not None else ""}
    texts = {
        "cec": gettext("Central Election Commission"),
        "territorial": gettext("Territorial commission: %(place)s"),
        "district": gettext("District or city commission: %(place)s"),
        "okrug": gettext("Constituency (okrug) commission: %(place)s"),
        "precinct": gettext("Precinct commission: %(place)s"),
    }
    return texts.get(body.tier, "%(place)s") % values
