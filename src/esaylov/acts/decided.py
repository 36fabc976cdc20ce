"""Whether a commission took the decision that an act names: asked through what the room of decisions registers."""

from collections.abc import Callable

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor

Taken = Callable[[ElectionContext, str, str], bool]
_taken: Taken | None = None


def register(taken: Taken) -> None:
    """Names the function that knows a body's decisions: (election, body, number) -> whether there is one, or one is being
    taken just now.
    """
    global _taken  # noqa: PLW0603 - one register for the process, set when the apps are ready
    _taken = taken


def paper_decisions(context: ElectionContext) -> bool:
    """Whether the edition lets acts name decisions on paper (`values.commission.paper_decisions`; decision 0091)."""
    return bool(context.edition.values.get("commission", {}).get("paper_decisions", True))


def is_missing(context: ElectionContext, actor: Actor, number: object) -> bool:
    """Whether a person acts by a decision that stands in no register. Bodies' own programs hand in what was decided
    elsewhere, and the platform enters what parliament or a file says: they are not asked.
    """
    if (
        not isinstance(number, str)
        or actor.role is None
        or actor.tier in {"organisation", "person", "system"}
    ):
        return False
    return _taken is not None and not _taken(context, actor.code, number)
