"""Whether a commission took the decision that an act names, and ordered the act by it: asked through what the room of
decisions registers (docs/decisions/0091).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from esaylov.acts import refusals
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor
from esaylov.law.findings import Finding, Severity

Record = Mapping[str, Any]
Carried = Sequence[Record] | Literal["ordering"] | None
Taken = Callable[[ElectionContext, str, str, str, datetime], Carried]
_taken: Taken | None = None


def register(taken: Taken) -> None:
    """Names the function that knows a body's decisions: (election, body, number, code of the act, when it is taken) -> the
    records of the acts of this code that it carried out, "ordering" while it is carrying them out, None where there is no such
    decision.
    """
    global _taken  # noqa: PLW0603 - one register for the process, set when the apps are ready
    _taken = taken


def paper_decisions(context: ElectionContext) -> bool:
    """Whether the edition lets acts name decisions on paper (`values.commission.paper_decisions`; decision 0091)."""
    return bool(context.edition.values.get("commission", {}).get("paper_decisions", True))


def doubt(
    context: ElectionContext, actor: Actor, payload: BaseModel, code: str, at: datetime, *, orderable: bool
) -> Finding | None:
    """What is to be said of the decision that a person names at a time: A04, it stands in no register; A07, it did not order
    this act (`orderable`: decisions can); None where all is well. An error where the edition knows no decisions
    on paper, else a warning.

    Bodies' own programs hand in what was decided elsewhere, and the platform enters what parliament or a file says: they
    are not asked.
    """
    number = getattr(payload, "decision", None)
    by_person = actor.role is not None and actor.tier not in {"organisation", "person", "system"}
    if not isinstance(number, str) or not by_person or _taken is None:
        return None
    carried = _taken(context, actor.code, number, code, at)
    severity: Severity = "warning" if paper_decisions(context) else "error"
    if carried is None:
        return refusals.decision_missing(number, severity)
    if carried == "ordering" or not orderable or any(_says(context, payload, record) for record in carried):
        return None
    return refusals.not_ordered(number, severity)


def _says(context: ElectionContext, payload: BaseModel, record: Record) -> bool:
    """Whether a payload is that of an act that was carried out: all that it says stands in the record so."""
    said = {name: getattr(payload, name) for name in type(payload).model_fields}
    return all(name in record and record[name] == _written(context, value) for name, value in said.items())


def _written(context: ElectionContext, value: Any) -> Any:
    return context.local(value) if isinstance(value, datetime) else value
