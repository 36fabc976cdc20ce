"""Brings what a register has anew, and holds it against the list. What differs waits for the person who proposes it.

An extract comes into a folder of its own whose name begins with a dot until all of it is there and right; only then is it
renamed, and only then read. A register that is silent is asked again a few times, each pause twice as long as the one before;
what came of a file is kept meanwhile. Extracts hold people's data in clear: they go when they are compared.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from esaylov.acts.identity import data_folder
from esaylov.voters.applying import head, in_force
from esaylov.voters.models import Changeset, Extract
from esaylov.voters.registers import state
from esaylov.voters.registers.contract import RESIDENCE, Offer, Register, RegisterError, newer
from esaylov.voters.registers.settings import FOLDER, Configured

logger = logging.getLogger(__name__)
State = Changeset.State
WAITING = (State.COMPARED, State.PROPOSED, State.APPROVED)
LEFT_SECONDS = 7 * 86_400.0
"""What is left of extracts that nobody fetched to their end goes after so long."""
Sleep = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Trying:
    """How often a register is asked before it counts as down, and the pauses between."""

    tries: int = 5
    pause: float = 2.0
    longest: float = 300.0
    sleep: Sleep = time.sleep


TRYING = Trying()


@dataclass(frozen=True, slots=True)
class Brought:
    """An extract that is here, whole, in a folder of its own."""

    offer: Offer
    folder: Path

    def remove(self) -> None:
        """Takes it away: it holds people's data in clear."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is brought. `waits_for`: the changeset of an extract that people have to decide about first (0: none does)."""

    waits_for: int = 0


def bring_next(found: Configured, trying: Trying = TRYING) -> Brought | Nothing:
    """Brings the next extract that the list, or the table of addresses, does not know yet; its state is written down.

    Raises RegisterError: then nothing came, and the state says since when and why.
    """
    register = found.adapter.register
    try:
        answer = _tried(found, trying)
    except RegisterError as error:
        state.failed(register, found.silent_hours, datetime.now(UTC), error.code)
        raise
    state.answered(register, found.silent_hours, datetime.now(UTC))
    return answer


def _tried(found: Configured, trying: Trying) -> Brought | Nothing:
    pause = trying.pause
    for left in reversed(range(trying.tries)):
        try:
            return _next(found.adapter)
        except RegisterError as error:
            if not left or not error.passing:
                raise
            logger.warning("%s: %s; asked again in %.0f s", found.adapter.register, error, pause)
        trying.sleep(pause)
        pause = min(2 * pause, trying.longest)
    raise RegisterError("unreachable", "it was not asked")


def _next(adapter: Register) -> Brought | Nothing:
    for offer in newer(adapter.offers(), state.as_of(adapter.register)):
        if waits := _waits(offer):
            return Nothing(waits)
        if not _known(adapter.register, offer):
            return Brought(offer, bring(adapter, offer))
    return Nothing()


def _known(register: str, offer: Offer) -> bool:
    """Whether the same extract is in already."""
    rows = Extract.objects.filter(register=register, sha256=bytes.fromhex(offer.sha256))
    return rows.filter(changeset__in=in_force()).exists() if register == RESIDENCE else rows.exists()


def _waits(offer: Offer) -> int:
    """The changeset of this extract that waits for people and can still be decided; 0 where there is none."""
    rows = Changeset.objects.filter(
        extract__sha256=bytes.fromhex(offer.sha256), state__in=WAITING, base=head()
    )
    return rows.order_by("id").values_list("id", flat=True).first() or 0


def bring(adapter: Register, offer: Offer) -> Path:
    """The folder with the extract, whole. Raises RegisterError; then what came of it waits for the next try."""
    place = registers_folder() / adapter.register
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        _clear(place, keep=offer)
        whole, partly = place / offer.sha256, place / f".{offer.sha256}"
        if whole.exists():
            return whole
        partly.mkdir(exist_ok=True, mode=0o700)
        adapter.bring(offer, partly)
        partly.rename(whole)
    except OSError as error:
        raise RegisterError("disk", f"{place}: {error.strerror or error}") from error
    return whole


def _clear(place: Path, keep: Offer) -> None:
    """Takes away what an earlier command left: whole extracts at once, halves of others when they are old."""
    for one in place.iterdir():
        if one.name in (keep.sha256, f".{keep.sha256}"):
            continue
        half = one.name.startswith(".")
        if not half or one.stat().st_mtime < time.time() - LEFT_SECONDS:
            shutil.rmtree(one, ignore_errors=True)


def registers_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where extracts lie while they are brought and compared."""
    return Path(environment.get(FOLDER, "").strip() or data_folder() / "registers")
