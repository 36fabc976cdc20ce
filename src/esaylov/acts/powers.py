"""What an act allows its taker to do, and who takes acts."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Power(StrEnum):
    """Powers over election acts, alphabetical. Which role of which body holds which is `registry.matrix`."""

    ACCEPT_PROTOCOL = "accept_protocol"
    ADD_SUPPLEMENT = "add_supplement"
    ANNUL_PRECINCT = "annul_precinct"
    APPROVE_CHANGESET = "approve_changeset"
    CALL_ELECTION = "call_election"
    CERTIFY = "certify"
    CHECK_HOUSEHOLD = "check_household"
    DECIDE_PAIR = "decide_pair"
    DECIDE_REQUEST = "decide_request"
    MOVE_STEP = "move_step"
    DISCUSS_PROPOSALS = "discuss_proposals"
    END_MANDATE = "end_mandate"
    FORM_COMMISSION = "form_commission"
    FREEZE_LISTS = "freeze_lists"
    GRANT_MANDATE = "grant_mandate"
    HANDLE_APPLICATION = "handle_application"
    HOLD_SESSION = "hold_session"
    IMPORT_MEMBERS = "import_members"
    MARK_VOTER = "mark_voter"
    PROPOSE_CHANGESET = "propose_changeset"
    RECORD_LOT = "record_lot"
    REGISTER_ORGANISATION = "register_organisation"
    REPORT_TURNOUT = "report_turnout"
    SEND_LETTER = "send_letter"
    SET_RULES = "set_rules"
    STATE_DISSENT = "state_dissent"
    SUBMIT_APPLICATION = "submit_application"
    SUBMIT_PROTOCOL = "submit_protocol"
    SUPPLY_DETERMINATION = "supply_determination"
    SYSTEM = "system"
    TELL_REMOVAL = "tell_removal"


TOKEN_PREFIX = "esaylov_"  # noqa: S105 (the part that every token has)
"""With which each person's token begins: whoever finds one knows what it is, no address and no log keeps it."""
GRAVE = frozenset(
    {
        Power.ANNUL_PRECINCT,
        Power.CALL_ELECTION,
        Power.CERTIFY,
        Power.MOVE_STEP,
        Power.RECORD_LOT,
        Power.SUPPLY_DETERMINATION,
    }
)
"""Powers that settle a result, call an election or move a date: a person's program shows a second factor each time, and a
commission's machine holds them only where its token was made with them (docs/api.md)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person under a mandate, a commission by its machine token, or the system itself.

    `code` is the body's, which the log shows as `body`. `tier` is the commission's, or `organisation`, `person`, `system`.
    `territory` and `precinct` are database ids of the body's own place. `role` is the person's in the body; None with a
    machine token, which holds what the body holds. `until`: when the mandate ends. `election` None: a body outside of
    elections (the Central Election Commission's own members, organisations). `withheld`: what a machine's token was not given of
    what its body holds.
    """

    code: str
    tier: str
    election: str | None = None
    territory: int | None = None
    precinct: int | None = None
    person: UUID | None = None
    mandate: int | None = None
    role: str | None = None
    until: datetime | None = None
    withheld: frozenset[Power] = frozenset()

    @property
    def area(self) -> int | None:
        """The territory whose places and bodies it looks after; None: all of them, as the Central Commission does."""
        return None if self.tier == "cec" else self.territory


SYSTEM = Actor(code="system", tier="system")
"""The platform itself."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an act is about: a precinct (None: none), the database ids of the territories concerned, and the tier of
    the commission concerned, where one is formed or changed, or the code of the body whose own affair it is.
    """

    precinct: int | None = None
    territories: frozenset[int] = field(default_factory=frozenset)
    tier: str | None = None
    body: str | None = None


class Resolver(Protocol):
    """Answers whether somebody holds a power over a target."""

    def __call__(self, actor: Actor, power: Power, target: Target, contest_kind: str | None) -> bool: ...
