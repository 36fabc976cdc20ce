"""Who may do what: asked through a resolver that the registry registers (mandates of persons come there)."""

from esaylov.acts.powers import Actor, Power, Resolver, Target

KINDS = (None, "council")
"""Kinds of contest that a power may be bound to."""
_resolver: Resolver | None = None


def register_resolver(resolver: Resolver) -> None:
    """Names the function that decides."""
    global _resolver  # noqa: PLW0603 - one resolver for the process, set when the apps are ready
    _resolver = resolver


def allows(actor: Actor, power: Power, target: Target, contest_kind: str | None = None) -> bool:
    """Whether the actor holds the power over the target. The system holds every power: it acts for load and replay
    only through the bodies it names, and for the log itself."""
    if actor.tier == "system":
        return True
    if _resolver is None:
        raise RuntimeError("no resolver of mandates is registered")
    return _resolver(actor, power, target, contest_kind)


def holds(actor: Actor, power: Power) -> bool:
    """Whether the actor holds the power at its own place. (What lies elsewhere is asked by the act itself.)"""
    own = frozenset({actor.territory} if actor.territory is not None else ())
    target = Target(precinct=actor.precinct, territories=own, body=actor.code)
    return any(allows(actor, power, target, kind) for kind in KINDS)
