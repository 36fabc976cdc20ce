"""The acts of election day as JSON."""

from typing import Any

from esaylov.acts.catalogue import Listed, register
from esaylov.acts.context import ElectionContext
from esaylov.law.findings import Finding
from esaylov.polling.acts import ReportTurnout, unknown_precinct
from esaylov.registry.queries import precinct_cell


def unknown(context: ElectionContext, payload: Any) -> list[Finding]:
    """V01 when the election has no such precinct, whoever asks."""
    return (
        []
        if precinct_cell(context.id, payload.precinct) is not None
        else [unknown_precinct(payload.precinct)]
    )


register(Listed(act=ReportTurnout, path="turnout", publishes=("precinct", "voters"), unknown=unknown))
