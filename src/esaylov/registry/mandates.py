"""Whether an actor holds a power over a target: the matrix, read."""

from esaylov.acts.powers import Actor, Power, Target
from esaylov.registry.matrix import ROLES, Grant, Reach

LOCAL_KINDS = frozenset({"council"})


def allows(actor: Actor, power: Power, target: Target, contest_kind: str | None) -> bool:
    """Whether some cell of the matrix gives the actor this power over this target."""
    return power not in actor.withheld and any(
        _holds(actor, grant) and _reaches(actor, grant.reach, target, contest_kind)
        for grant in ROLES[power]
        if grant.tier == actor.tier
    )


def _holds(actor: Actor, grant: Grant) -> bool:
    return grant.machine if actor.role is None else actor.role in grant.roles


def _reaches(actor: Actor, reach: Reach, target: Target, contest_kind: str | None) -> bool:
    match reach:
        case Reach.PRECINCT:
            return actor.precinct is not None and actor.precinct == target.precinct
        case Reach.BELOW:
            return actor.territory in target.territories
        case Reach.COUNCIL:
            return contest_kind in LOCAL_KINDS and actor.territory in target.territories
        case Reach.OWN:
            return target.body == actor.code
        case Reach.ANYWHERE:
            return True
