"""Charts: one Altair specification each, for the page, for print and for the press."""

from esaylov.publication.charts.bars import contest_result, list_result
from esaylov.publication.charts.districts import districts_map
from esaylov.publication.charts.geographic import territories_map
from esaylov.publication.charts.model import (
    MODES,
    Bar,
    Chart,
    District,
    HourPoint,
    Mode,
    Progress,
    SeatGroup,
    Source,
    Threshold,
)
from esaylov.publication.charts.seats import seats_hemicycle
from esaylov.publication.charts.turnout import turnout_by_hour

__all__ = [
    "MODES",
    "Bar",
    "Chart",
    "District",
    "HourPoint",
    "Mode",
    "Progress",
    "SeatGroup",
    "Source",
    "Threshold",
    "contest_result",
    "districts_map",
    "list_result",
    "seats_hemicycle",
    "territories_map",
    "turnout_by_hour",
]
