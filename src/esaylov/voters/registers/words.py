"""Registers in words, for pages of both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext, gettext_lazy, ngettext

from esaylov.acts.context import STANDING_ZONE
from esaylov.voters.registers import state
from esaylov.voters.registers.contract import ADDRESS, RESIDENCE
from esaylov.voters.registers.state import Standing

NAMES = {
    RESIDENCE: gettext_lazy("Residence register"),
    ADDRESS: gettext_lazy("Address register"),
}
REASONS = {
    "unreachable": gettext_lazy("It cannot be reached."),
    "slow": gettext_lazy("It answers too slowly."),
    "refused": gettext_lazy("It does not let us in: token or certificate are not accepted, or its own certificate is not valid."),
    "answer": gettext_lazy("Its answer cannot be understood."),
    "name": gettext_lazy("A name in its answer is not allowed."),
    "head": gettext_lazy("The head of its extract is not in order."),
    "checksum": gettext_lazy("What came is not what it promised: a checksum is wrong."),
    "large": gettext_lazy("It sends more than an extract can hold."),
    "cut": gettext_lazy("The connection broke off in the middle."),
    "disk": gettext_lazy("There is no room here for its extract, or the folder cannot be written."),
    "settings": gettext_lazy("The adapter is not set up properly."),
    "not taken": gettext_lazy("Its extract came, but was not taken: the command at the terminal says why."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A register on a page. `old`: the age of its data ("" where the clock of the page is not behind them)."""

    register: str
    name: str
    as_of: datetime | None
    old: str
    fetched: bool
    answered_at: datetime | None
    down_since: datetime | None
    silent_since: datetime | None
    reason: str

    @property
    def state(self) -> str:
        """How it stands, in a few words."""
        if not self.fetched:
            return gettext("its extracts are imported by hand")
        if self.silent_since is not None:
            return gettext("silent")
        return gettext("does not answer") if self.down_since is not None else gettext("answers")


def shown(one: Standing, now: datetime | None = None) -> Shown:
    """A register in words. `now`: on the clock of the page."""
    at = now or datetime.now(UTC)
    return Shown(
        register=one.register, name=str(NAMES[one.register]), as_of=_here(one.as_of), old=age(one.as_of, at),
        fetched=one.fetched, answered_at=_here(one.answered_at), down_since=_here(one.down_since),
        silent_since=_here(one.silent_since), reason=str(REASONS.get(one.error, "")),
    )  # fmt: skip


def all_shown(now: datetime | None = None) -> list[Shown]:
    """Every register in words, read a moment ago. Raises django.db's errors."""
    return [shown(one, now) for one in state.known()]


def public(now: datetime | None = None) -> Shown | None:
    """The residence register, by which voters are listed; None where none of its data are in the list. `now`: on a set clock."""
    found = next((one for one in state.known() if one.register == RESIDENCE), None)
    return shown(found, now) if found is not None and found.as_of is not None else None


def age(as_of: datetime | None, now: datetime) -> str:
    """How old data are: hours up to two days, then days; "" where they are younger than the clock can tell."""
    if as_of is None or (passed := now - as_of).total_seconds() < 0:
        return ""
    hours = int(passed.total_seconds() // 3600)
    if hours < 48:
        return ngettext("%(hours)d hour old", "%(hours)d hours old", hours) % {"hours": hours}
    return ngettext("%(days)d day old", "%(days)d days old", passed.days) % {"days": passed.days}


def _here(time: datetime | None) -> datetime | None:
    return time.astimezone(STANDING_ZONE) if time is not None else None
