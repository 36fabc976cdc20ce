"""The simulated night as acts for the door. Needs Django; the simulation itself does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from esaylov.acts.door import Act
from esaylov.demo import night
from esaylov.demo.night import Kind
from esaylov.demo.simulation import SEED
from esaylov.operations.loading import Event
from esaylov.polling.acts import ReportTurnout
from esaylov.results.acts import (
    AcceptProtocol,
    AnnulPrecinct,
    CorrectProtocol,
    ReturnProtocol,
    SubmitProtocol,
)
from esaylov.results.decisions import Certify

_ACTS: dict[str, type[Act[Any]]] = {
    act.code: act
    for act in (
        ReportTurnout,
        SubmitProtocol,
        CorrectProtocol,
        AcceptProtocol,
        ReturnProtocol,
        AnnulPrecinct,
        Certify,
    )
}


def acts(package_folder: Path, seed: int = SEED) -> Iterator[Event]:
    """The events of `night.plan`, each as the act that a commission takes, in the order of time.

    Raises exchange.package.PackageError when the folder does not hold a package.
    """
    for event in night.plan(package_folder, seed):
        act: Any = _ACTS[event.kind]
        yield Event(event.at, act, act.Payload(**_members(event)), event.body)


def _members(event: night.Event) -> dict[str, Any]:
    match event.kind:
        case Kind.TURNOUT:
            return {"precinct": event.precinct, "voters": event.voters}
        case Kind.SUBMIT | Kind.CORRECT:
            return {
                "precinct": event.precinct,
                "contest": event.contest,
                "lines": list(event.lines),
                "votes": list(event.votes),
                "version": event.version,
            }
        case Kind.CERTIFY:
            return {"contest": event.contest, "decision": event.decision}
    return {"precinct": event.precinct, "contest": event.contest or None, "decision": event.decision}
