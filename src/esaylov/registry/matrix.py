"""The matrix: which role of which body holds which power, and how far it reaches.

Sources: Electoral Code Art. 14-24 (powers of the commissions), 19-23 (who forms which), 58, 94-97 (protocols), 96 (annulment).
The members of a commission act through its officers (chair, deputy, secretary); each member votes. A commission's machine
token holds what the commission holds for its precinct's or its own papers, never what makes or ends a mandate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from esaylov.acts.powers import Power

OFFICERS = frozenset({"chair", "deputy", "secretary"})
MEMBERS = OFFICERS | {"member"}
HEADS = frozenset({"head"})
HIGHER = ("territorial", "district", "okrug")
COMMISSIONS = ("cec", *HIGHER, "precinct")
FORMED = (*HIGHER, "precinct")
"""Tiers of the commissions that are formed for an election."""


class Reach(StrEnum):
    """What a power may be used on."""

    PRECINCT = "precinct"
    """The own precinct."""
    BELOW = "below"
    """The own territory and all below it."""
    COUNCIL = "council"
    """The same, in contests for councils only."""
    OWN = "own"
    """The body's own affairs."""
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Grant:
    """One cell of the matrix. `tier`: of the commission, or `organisation`. `machine`: the body's token holds it too."""

    tier: str
    reach: Reach
    roles: frozenset[str] = OFFICERS
    machine: bool = False


def _precinct() -> tuple[Grant, ...]:
    return (Grant("precinct", Reach.PRECINCT, machine=True),)


def _decided_above() -> tuple[Grant, ...]:
    """National contests are decided by the Central Commission, those of councils by the commissions of their territory."""
    return (
        Grant("cec", Reach.ANYWHERE, machine=True),
        *(Grant(tier, Reach.COUNCIL, machine=True) for tier in HIGHER),
    )


def _forming() -> tuple[Grant, ...]:
    return (
        Grant("cec", Reach.ANYWHERE),
        Grant("territorial", Reach.BELOW),
        Grant("okrug", Reach.BELOW),
    )


ROLES: Mapping[Power, tuple[Grant, ...]] = {
    Power.SUBMIT_PROTOCOL: _precinct(),
    Power.REPORT_TURNOUT: _precinct(),
    Power.ACCEPT_PROTOCOL: (
        Grant("cec", Reach.ANYWHERE, machine=True),
        *(Grant(tier, Reach.BELOW, machine=True) for tier in HIGHER),
    ),
    Power.ANNUL_PRECINCT: _decided_above(),
    # By-elections to local councils too, since law ZRU-883.
    Power.CALL_ELECTION: (Grant("cec", Reach.ANYWHERE, machine=True),),
    Power.CERTIFY: _decided_above(),
    Power.RECORD_LOT: _decided_above(),
    Power.SUPPLY_DETERMINATION: _decided_above(),
    Power.MOVE_STEP: (Grant("cec", Reach.ANYWHERE, machine=True),),
    # The Central Commission forms territorial ones, these those below them; for the President and in a referendum it forms okrug
    # ones, these the precinct ones (Art. 19-23). Which of them in an election, the edition says: `registry.forming`.
    Power.FORM_COMMISSION: _forming(),
    # Entering what the forming commissions decided: docs/decisions/0072.
    Power.IMPORT_MEMBERS: _forming(),
    Power.REGISTER_ORGANISATION: (Grant("cec", Reach.ANYWHERE),),
    # A party's head names its people; the first head is entered by the Central Commission.
    Power.GRANT_MANDATE: (Grant("cec", Reach.ANYWHERE), Grant("organisation", Reach.OWN, HEADS)),
    # The Kengash of people's deputies that a commission named discusses who is proposed (Art. 19, 23).
    Power.DISCUSS_PROPOSALS: (Grant("organisation", Reach.OWN, HEADS | {"representative"}),),
    Power.END_MANDATE: (*_forming(), Grant("organisation", Reach.OWN, HEADS)),
    # Who forms precincts sets their borders (Art. 10). Which tier it is in an election: `registry.forming`.
    Power.SET_RULES: _forming(),
    # Each commission sits, answers and writes for itself through its officers; a dissent is any member's (Art. 16, 26, 101).
    Power.HOLD_SESSION: tuple(Grant(tier, Reach.OWN) for tier in COMMISSIONS),
    Power.HANDLE_APPLICATION: tuple(Grant(tier, Reach.OWN) for tier in COMMISSIONS),
    Power.STATE_DISSENT: tuple(Grant(tier, Reach.OWN, MEMBERS) for tier in COMMISSIONS),
    Power.SEND_LETTER: (
        *(Grant(tier, Reach.OWN) for tier in COMMISSIONS),
        Grant("organisation", Reach.OWN, HEADS | {"representative"}),
    ),
    # Anybody may turn to a commission: a person without any mandate, an organisation through all who act for it (Art. 26, 101).
    Power.SUBMIT_APPLICATION: (
        Grant("person", Reach.ANYWHERE, frozenset(), machine=True),
        Grant("organisation", Reach.ANYWHERE, HEADS | {"representative", "staff"}),
    ),
    # The Central Commission keeps the single list (Art. 14, 28); two persons for each changeset.
    Power.PROPOSE_CHANGESET: (Grant("cec", Reach.ANYWHERE),),
    Power.APPROVE_CHANGESET: (Grant("cec", Reach.ANYWHERE),),
    # Whether two entries are one person: who knows the place, and above all places the Central Commission (Art. 27-30).
    Power.DECIDE_PAIR: (Grant("cec", Reach.ANYWHERE), *(Grant(tier, Reach.BELOW) for tier in HIGHER)),
    # A voter's request is decided by the precinct; where none is known, by who looks after the territory (Art. 27¹, 29, 56, 57).
    Power.DECIDE_REQUEST: (
        Grant("precinct", Reach.PRECINCT),
        *(Grant(tier, Reach.BELOW) for tier in HIGHER),
    ),
    Power.FREEZE_LISTS: (Grant("cec", Reach.ANYWHERE),),
    # Who voted how early, at home or elsewhere is known to the precinct alone, and done by persons (Art. 29, 52, 57).
    Power.ADD_SUPPLEMENT: (Grant("precinct", Reach.PRECINCT),),
    Power.MARK_VOTER: (Grant("precinct", Reach.PRECINCT),),
    # Its members go from door to door (Art. 28).
    Power.CHECK_HOUSEHOLD: (Grant("precinct", Reach.PRECINCT, MEMBERS),),
    # They tell those who are to leave the list (Art. 28, 29).
    Power.TELL_REMOVAL: (Grant("precinct", Reach.PRECINCT, MEMBERS),),
    Power.SYSTEM: (),
}
