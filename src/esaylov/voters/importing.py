"""What the terminal does with the voter list, and the work that follows when two persons have approved a changeset."""

from __future__ import annotations

import logging
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction

from esaylov.acts.context import get_context
from esaylov.acts.door import Refused, Result, Submission, perform
from esaylov.acts.powers import SYSTEM
from esaylov.law.voters import voter_rules
from esaylov.voters import applying, findings
from esaylov.voters.changesets import ApplyChangeset
from esaylov.voters.keys import steady
from esaylov.voters.models import Changeset
from esaylov.voters.notices.periods import ends_of
from esaylov.voters.places.waiting import known
from esaylov.voters.placing import placer
from esaylov.voters.staging import Aim, Progress, StagingError, alone, compare, failed

logger = logging.getLogger(__name__)
State = Changeset.State


def aim_of(election: str) -> Aim:
    """What an extract is held against for an election. Raises acts.context.UnknownElection."""
    context = get_context(election)
    # Read before what follows from it: who is placed by older rules is placed anew, never the other way round.
    seen = known(election)
    return Aim(
        election=election,
        day=context.date,
        rules=voter_rules(context.edition),
        simulated=context.simulated,
        place=placer(election),
        now=context.now(),
        known=seen,
    )


def import_extract(folder: Path, election: str, progress: Progress = lambda _rows: None) -> Changeset:
    """Compares the extract in a folder with the list; returns the changeset, to be proposed in the cabinet.

    Raises acts.context.UnknownElection, and what `staging.compare` raises.
    """
    return compare(folder, aim_of(election), progress)


def take_back(number: int, election: str) -> Changeset:
    """Makes the changeset that takes an applied one back as a whole; returns it, to be proposed in the cabinet.

    Raises StagingError where it is not applied, where later changesets touched what it brought, or where the list changes
    meanwhile (then nothing of it is kept); KeyringError while keys are being changed. Not within a transaction.
    """
    with alone():
        steady()
        return _take_back(number, election)


def _take_back(number: int, election: str) -> Changeset:
    changeset = Changeset.objects.filter(id=number, election=election).first()
    if changeset is None:
        raise StagingError([findings.unknown_changeset()])
    if changeset.state != State.APPLIED:
        raise StagingError([findings.wrong_state(changeset.state)])
    base = applying.head()
    if entries := applying.touched_since(number):
        raise StagingError([findings.touched(entries)])
    made = _begun(election, number, base)
    try:
        applying.stage_reversal(made.id, number)
        if applying.head() != base:
            raise StagingError([findings.changes_again_and_again()])
        return applying.compared(made, {})
    except BaseException:
        failed(made)
        raise


def _begun(election: str, reverses: int, base: int) -> Changeset:
    now = get_context(election).now()
    with transaction.atomic():
        made = Changeset.objects.create(
            election=election, kind="reversal", base=base, reverses=reverses, made_at=now
        )
        applying.open_stage(made.id)
    return made


def apply_one(refused: set[int]) -> bool:
    """Applies the first approved changeset whose notice is over and that is not among the refused ones; whether there was one.

    What is refused, or fails, comes among them: it waits until somebody discards it, or imports the extract anew. Raises
    django.db.OperationalError and InterfaceError, by which a connection is lost.
    """
    waiting = next((row for row in _approved(refused) if not _noticed(row)), None)
    if waiting is None:
        return False
    try:
        said = apply_approved(waiting)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        refused.add(waiting.id)
        logger.error("changeset %d could not be applied: %s", waiting.id, type(error).__name__)
        return True
    if isinstance(said, Refused):
        refused.add(waiting.id)
        codes = ", ".join(finding.code for finding in said.findings)
        logger.warning("changeset %d was not applied: %s", waiting.id, codes)
    return True


def _approved(refused: set[int]) -> list[Changeset]:
    return list(Changeset.objects.filter(state=State.APPROVED).exclude(id__in=refused).order_by("id"))


def _noticed(changeset: Changeset) -> bool:
    """Whether those whom it removes may still object: it waits, and those behind it do not wait for it."""
    ends = ends_of([changeset.id]).get(changeset.id)
    return ends is not None and get_context(changeset.election).now() < ends


def apply_approved(changeset: Changeset) -> Result:
    """Applies a changeset that is approved: wholly, or not at all."""
    payload = ApplyChangeset.Payload(changeset=changeset.id, sha256=bytes(changeset.sha256 or b"").hex())
    return perform(ApplyChangeset, changeset.election, Submission(payload, SYSTEM))
