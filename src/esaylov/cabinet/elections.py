"""Which elections there are, told by the stage that calls them: the cabinet stands below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ElectionLine:
    """An election as the shell names it. `mode`: official, pilot or rehearsal."""

    id: str
    titles: Mapping[str, str]
    date: date
    mode: str = "official"


Provider = Callable[[], Sequence[ElectionLine]]

Zones = Callable[[str, int], ZoneInfo | None]

_providers: list[Provider] = []
_zones: list[Zones] = []


def register(provider: Provider) -> None:
    """Names the function that lists all elections, the latest day first."""
    _providers[:] = [provider]


def register_zones(zones: Zones) -> None:
    """Names the function that gives the time zone of a precinct abroad (election, database id), None for others."""
    _zones[:] = [zones]


def zone_abroad(election: str, precinct: int | None) -> ZoneInfo | None:
    """The time zone of a precinct abroad; None for those inside the country, and for no precinct."""
    return _zones[0](election, precinct) if _zones and precinct is not None else None


def elections() -> Sequence[ElectionLine]:
    """All elections, the latest day first; none where no stage tells of them."""
    return _providers[0]() if _providers else ()


def election_line(election: str) -> ElectionLine | None:
    """One election, None when there is none of this id."""
    return next((line for line in elections() if line.id == election), None)


def chosen_election(wanted: str | None) -> str | None:
    """The wanted election where there is such a one, else the latest; None without any."""
    known = [line.id for line in elections()]
    if wanted in known:
        return wanted
    return known[0] if known else None
