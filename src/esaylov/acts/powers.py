"""What an act allows its taker to do, and who takes acts."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Power(StrEnum):
    """Powers over election acts, alphabetical. Which tier of commission holds which is `registry.mandates`."""

    ACCEPT_PROTOCOL = "accept_protocol"
    ANNUL_PRECINCT = "annul_precinct"
    CALL_ELECTION = "call_election"
    CERTIFY = "certify"
    RECORD_LOT = "record_lot"
    REPORT_TURNOUT = "report_turnout"
    SUBMIT_PROTOCOL = "submit_protocol"
    SUPPLY_DETERMINATION = "supply_determination"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a commission (by its token; by the mandate of a person once mandates exist) or the system itself.

    `code` is what the log shows as `body`. `territory` and `precinct` are database ids of the commission's own place.
    """

    code: str
    tier: str
    election: str | None = None
    territory: int | None = None
    precinct: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What an act is about: a precinct (None: none) and the database ids of the territories concerned."""

    precinct: int | None = None
    territories: frozenset[int] = field(default_factory=frozenset)


class Resolver(Protocol):
    """Answers whether somebody holds a power over a target."""

    def __call__(self, actor: Actor, power: Power, target: Target, contest_kind: str | None) -> bool: ...
