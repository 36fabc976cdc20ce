"""How it stands with the registers: when each last answered, how old its data are, whether it is silent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from esaylov.voters.applying import in_force
from esaylov.voters.models import Changeset, Extract
from esaylov.voters.registers.contract import REGISTERS, RESIDENCE
from esaylov.voters.registers.models import RegisterState

UNCHANGED = (Changeset.State.COMPARED, Changeset.State.DISCARDED)
COUNTS = [f"changeset__counts__{kind}" for kind in ("added", "removed", "moved", "changed")]
FRESH = 15.0
"""Seconds for which pages for everybody keep what was read."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A register as it stands. `as_of`: the time that its data show here, None where none came yet. `fetched`: it has an
    adapter (else people bring its extracts to the terminal). `silent_since`: it has not answered for longer than it may.
    """

    register: str
    as_of: datetime | None
    fetched: bool = False
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    down_since: datetime | None = None
    error: str = ""
    silent_since: datetime | None = None

    @property
    def silent(self) -> bool:
        """Register-down mode: the list stands as of its last extract, and pages say so to both sides."""
        return self.silent_since is not None


def answered(register: str, silent_hours: float, now: datetime) -> None:
    """Writes down that a register handed over what was asked, or had nothing new."""
    RegisterState.objects.update_or_create(
        register=register,
        defaults={"asked_at": now, "answered_at": now, "down_since": None, "error": "", "silent_hours": silent_hours},
        create_defaults={
            "asked_since": now, "asked_at": now, "answered_at": now, "silent_hours": silent_hours,
        },
    )  # fmt: skip


def failed(register: str, silent_hours: float, now: datetime, code: str) -> None:
    """Writes down that nothing came, and why (`contract.CODES`)."""
    row = RegisterState.objects.filter(register=register).first()
    if row is None:
        row = RegisterState(register=register, asked_since=now)
    row.asked_at, row.error, row.silent_hours = now, code, silent_hours
    row.down_since = row.down_since or now
    row.save()


def not_taken(register: str) -> None:
    """Writes down that what a register handed over was refused here: it answers, and its data age all the same."""
    RegisterState.objects.filter(register=register).update(error="not taken")


def standings(now: datetime | None = None) -> tuple[Standing, ...]:
    """Every register of which anything is known, in their order."""
    at = now or datetime.now(UTC)
    rows = {row.register: row for row in RegisterState.objects.all()}
    found = [_standing(register, rows.get(register), at) for register in REGISTERS]
    return tuple(one for one in found if one.fetched or one.as_of is not None)


def as_of(register: str) -> datetime | None:
    """The time that a register's data show here: of the last extract that went into the list, or of the addresses.

    An extract that brought no change counts too: there is nothing to apply, and the list said what the register said.
    """
    rows = Extract.objects.filter(register=register)
    if register == RESIDENCE:
        standing = in_force()
        same = Q(
            changeset__state__in=UNCHANGED, changeset__base__in=[0, *standing], **dict.fromkeys(COUNTS, 0)
        )
        rows = rows.filter(Q(changeset__in=standing) | same)
    last: datetime | None = rows.order_by("-as_of").values_list("as_of", flat=True).first()
    return last


def _standing(register: str, row: RegisterState | None, now: datetime) -> Standing:
    shown = as_of(register)
    if row is None:
        return Standing(register, shown)
    since = row.answered_at or row.asked_since
    silent = now - since >= timedelta(hours=row.silent_hours)
    return Standing(
        register, shown, fetched=True, asked_at=row.asked_at, answered_at=row.answered_at, down_since=row.down_since,
        error=row.error, silent_since=since if silent else None,
    )  # fmt: skip


class Known:
    """What was read last, for pages that very many people ask for."""

    def __init__(self, read: Callable[[], tuple[Standing, ...]] = standings) -> None:
        self._read, self._lock = read, threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Reads anew at the next question."""
        self._found: tuple[Standing, ...] = ()
        self._at = float("-inf")

    def __call__(self) -> tuple[Standing, ...]:
        """The registers. Raises django.db's errors."""
        with self._lock:
            if time.monotonic() - self._at > FRESH:
                self._found, self._at = self._read(), time.monotonic()
            return self._found


known = Known()
