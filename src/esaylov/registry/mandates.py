"""Which tier of commission holds which power, over which territory.

Until persons hold mandates, a commission's token is its mandate; the resolver's shape stays.
Sources: Electoral Code Art. 14-24 (powers of the commissions), 58, 94-97 (protocols), 96 (annulment).
"""

from esaylov.acts.powers import Actor, Power, Target

OWN_PRECINCT = frozenset({Power.SUBMIT_PROTOCOL, Power.REPORT_TURNOUT})
HIGHER = frozenset({Power.ACCEPT_PROTOCOL})
CENTRAL = frozenset(
    {
        Power.ANNUL_PRECINCT,
        Power.CALL_ELECTION,
        Power.CERTIFY,
        Power.RECORD_LOT,
        Power.SUPPLY_DETERMINATION,
    }
)
# What the law gives to the Central Election Commission alone, in every election (Art. 60, 66, 74, 93: dates of the calendar).
CEC_ALONE = frozenset({Power.MOVE_STEP})
LOCAL_KINDS = frozenset({"council"})


def allows(actor: Actor, power: Power, target: Target, contest_kind: str | None) -> bool:
    """A precinct commission acts for its own precinct; a higher one accepts and returns what lies in its territory;
    the central one decides national contests, a higher one those of councils in its territory (Art. 96)."""
    if power in OWN_PRECINCT:
        return actor.tier == "precinct" and actor.precinct is not None and actor.precinct == target.precinct
    if actor.tier == "precinct":
        return False
    if actor.tier == "cec":
        return power in HIGHER or power in CENTRAL or power in CEC_ALONE
    above = actor.territory in target.territories
    if power in HIGHER:
        return above
    return power in CENTRAL and contest_kind in LOCAL_KINDS and above
