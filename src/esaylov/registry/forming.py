"""Who forms which commission (Art. 19, 21, 23): the edition says it for an election's contests, else it is as usual.

The act, the end of a mandate, files of members, proposals and pages all ask here.
"""

from __future__ import annotations

from collections.abc import Mapping

from esaylov.acts.context import ElectionContext
from esaylov.law.routes import formed_by

SYSTEM_TIER = "system"
USUAL: Mapping[str, str] = {
    "cec": SYSTEM_TIER,
    "territorial": "cec",
    "okrug": "territorial",
    "district": "territorial",
    "precinct": "territorial",
}
"""By whom commissions are formed where the edition says nothing. Parliament forms the Central one."""


STEPS: Mapping[str, str] = {
    "territorial": "territorial-commissions",
    "district": "district-commissions",
    "okrug": "okrug-commissions",
    "precinct": "precinct-commissions",
}
"""The step of the calendar by whose end the commissions of a tier are to be formed (Art. 19, 21, 23)."""


def edition_tier(tier: str) -> str:
    """What editions call a tier of the registry."""
    return "central" if tier == "cec" else tier


def contests_of(context: ElectionContext) -> frozenset[str]:
    """Kinds of an election's contests; none outside of elections."""
    tables = context.tables
    return frozenset(row.kind for row in tables.contests.values()) if tables else frozenset()


def former_of(context: ElectionContext, tier: str) -> str:
    """The tier whose commissions form those of a tier: okrug commissions form precinct ones for the President and in a
    referendum, territorial ones those of the Chamber and the councils. `system`: nobody in the platform.
    """
    said = formed_by(context.edition, edition_tier(tier), contests_of(context))
    if said is None:
        return USUAL[tier]
    return "cec" if said == "central" else said


def forms(context: ElectionContext, by: str, formed: str) -> bool:
    """Whether commissions of one tier form those of another in an election."""
    return former_of(context, formed) == by


def formed_tiers(context: ElectionContext, by: str) -> frozenset[str]:
    """The tiers whose commissions those of a tier form in an election."""
    return frozenset(tier for tier in USUAL if forms(context, by, tier))


def entered_by(context: ElectionContext, tier: str) -> frozenset[str]:
    """Tiers of commissions whose members a commission may enter: those that it forms; the Central one also those that
    commissions below it formed (docs/decisions/0072).
    """
    return frozenset(USUAL) - {"cec"} if tier == "cec" else formed_tiers(context, tier)
