"""The way back for who lost a factor (README.md draws the states).

Two persons of two different bodies say that it is they; neither is who asks, nor whose account it is, nor an
administrator. Then the member is told and twelve hours pass, in which the member and those who approved can stop it. Only then a
link can be made, and it opens nothing without what was not lost: the password where the factor was lost, the factor where
the password was.

Bodies differ where nobody of the three sits with another of them: those of one code are one body whichever election they are
of, since the commissions of one place mostly have the same people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from esaylov.registry.accounts import events, factors, hooks, links, notices, policy, programs, ties
from esaylov.registry.accounts.codes import normal_code
from esaylov.registry.accounts.models import Account, Approval, Link, Recovery, Session
from esaylov.registry.accounts.parameters import PARAMETERS
from esaylov.registry.matrix import COMMISSIONS, OFFICERS

APPROVALS = 2
ASKED, WAITING, READY, DONE, STOPPED, EXPIRED = "asked", "waiting", "ready", "done", "stopped", "expired"


class RecoveryError(ValueError):
    """The step is not allowed; the text says why, for the reader."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a recovery stands."""

    recovery: Recovery
    state: str
    ready_at: datetime | None
    approvals: Sequence[Approval]


def running(account: Account) -> Standing | None:
    """The recovery of an account that has not ended."""
    found = Recovery.objects.filter(account=account, ended_at=None).first()
    return standing(found) if found else None


def of_code(code: str) -> Standing | None:
    """The recovery under way of the account with a sign-in code, as typed."""
    found = Recovery.objects.filter(account__code=normal_code(code), ended_at=None).select_related("account")
    first = found.first()
    return standing(first) if first else None


def approved_by(account: Account) -> list[Standing]:
    """The recoveries under way that an account approved."""
    found = Recovery.objects.filter(approvals__account=account, ended_at=None).select_related("account")
    return [standing(one) for one in found]


def standing(recovery: Recovery, now: datetime | None = None) -> Standing:
    """Where a recovery stands at a time."""
    now = now or timezone.now()
    wait = timedelta(seconds=PARAMETERS.recovery_wait)
    ready = recovery.approved_at + wait if recovery.approved_at else None
    return Standing(recovery, _state(recovery, ready, now), ready, list(recovery.approvals.order_by("at")))


def _state(recovery: Recovery, ready: datetime | None, now: datetime) -> str:
    if recovery.used_at:
        return DONE
    if recovery.stopped_by_id:
        return STOPPED
    if recovery.ended_at or now > recovery.asked_at + timedelta(seconds=PARAMETERS.recovery_ends):
        return EXPIRED
    if ready is None:
        return ASKED
    return READY if now >= ready else WAITING


@transaction.atomic
def ask(account: Account, what: str, by: Account) -> Recovery:
    """Ask for a recovery: the member, who has shown what was not lost, or an officer of the member's own body. Raises
    RecoveryError.
    """
    now = timezone.now()
    if account.person is None:
        raise RecoveryError(
            _("Nobody vouches for administrators: another administrator makes a new account.")
        )
    if policy.is_election_day(now):
        raise RecoveryError(_("On election day nobody can wait twelve hours: use your printed code card."))
    if by.pk != account.pk and not _same_body_officer(by, account):
        raise RecoveryError(
            _("Only the member, or an officer of the member's own commission, can ask for this.")
        )
    _end_old(account, now)
    try:
        with transaction.atomic():
            found = Recovery.objects.create(account=account, what=what, asked_at=now, asked_by=by)
    except IntegrityError as error:
        raise RecoveryError(_("A recovery of this account is under way already.")) from error
    events.record("recovery-asked", account, by, what=what)
    notices.tell(account, "recovery-asked")
    return found


def _end_old(account: Account, now: datetime) -> None:
    for old in Recovery.objects.filter(account=account, ended_at=None):
        if standing(old, now).state == EXPIRED:
            Recovery.objects.filter(pk=old.pk).update(ended_at=now)


def _same_body_officer(by: Account, account: Account) -> bool:
    bodies = {mandate.body for mandate in policy.mandates(account)}
    return any(mandate.body in bodies for mandate in officer_mandates(by))


def officer_mandates(account: Account) -> list[hooks.Mandate]:
    """The mandates under which the account's person may vouch for somebody: chair, deputy, secretary of a commission."""
    held = policy.mandates(account)
    return [one for one in held if one.tier in COMMISSIONS and one.role in OFFICERS]


def _bodies(account: Account) -> frozenset[str]:
    """Codes of all bodies, of whatever election, in which the account's person sits."""
    return frozenset(mandate.body for mandate in policy.mandates(account))


def _approvals(recovery: Recovery) -> list[Approval]:
    """The approvals that a recovery has, with their accounts."""
    return list(recovery.approvals.select_related("account"))


@transaction.atomic
def approve(recovery_id: int, by: Account, body: str) -> Standing:
    """Say, for a body, that the person is who they say. Raises RecoveryError."""
    recovery = Recovery.objects.select_for_update().get(pk=recovery_id)
    now = timezone.now()
    if standing(recovery, now).state != ASKED:
        raise RecoveryError(_("This recovery does not wait for an approval."))
    if by.pk in {recovery.account_id, recovery.asked_by_id}:
        raise RecoveryError(_("Who asked, and whose account it is, cannot approve."))
    if body not in {mandate.body for mandate in officer_mandates(by)}:
        raise RecoveryError(
            _("Only chair, deputy or secretary of a commission can approve, for that commission.")
        )
    if _bodies(by) & _bodies(recovery.account):
        raise RecoveryError(
            _("Who approves must not sit in a body with the member: ask officers of two other commissions.")
        )
    problem = _("The two who approve must be two persons of two different bodies.")
    if any(_bodies(by) & ({one.body} | _bodies(one.account)) for one in _approvals(recovery)):
        raise RecoveryError(problem)
    try:
        with transaction.atomic():
            Approval.objects.create(recovery=recovery, account=by, body=body, at=now)
    except IntegrityError as error:
        raise RecoveryError(problem) from error
    events.record("recovery-approved", recovery.account, by, body=body)
    if recovery.approvals.count() >= APPROVALS:
        recovery.approved_at = now
        recovery.save(update_fields=["approved_at"])
        notices.tell(recovery.account, "recovery-approved")
    return standing(recovery, now)


@transaction.atomic
def stop(recovery_id: int, by: Account) -> None:
    """Stop a recovery: the member, or whoever approved it. Raises RecoveryError."""
    recovery = Recovery.objects.select_for_update().get(pk=recovery_id)
    involved = {recovery.account_id, *recovery.approvals.values_list("account_id", flat=True)}
    if by.pk not in involved:
        raise RecoveryError(_("Only the member and those who approved can stop a recovery."))
    if standing(recovery).state not in {ASKED, WAITING, READY}:
        raise RecoveryError(_("This recovery has ended already."))
    recovery.stopped_by, recovery.ended_at = by, timezone.now()
    recovery.save(update_fields=["stopped_by", "ended_at"])
    Link.objects.filter(recovery=recovery).delete()
    events.record("recovery-stopped", recovery.account, by)
    notices.tell(recovery.account, "recovery-stopped")


@transaction.atomic
def link(recovery_id: int, by: Account) -> str:
    """The secret of the one-time link, for an approver to hand over, when the wait is over. Raises RecoveryError."""
    recovery = Recovery.objects.select_for_update().get(pk=recovery_id)
    if standing(recovery).state != READY:
        raise RecoveryError(_("The wait is not over."))
    if not recovery.approvals.filter(account=by).exists():
        raise RecoveryError(_("Only those who approved can print the link."))
    events.record("recovery-link", recovery.account, by)
    return links.make(Link.Kind.RECOVERY, PARAMETERS.recovery_link, recovery.account, by, recovery)


@transaction.atomic
def finish(token: str, account: Account, password: str = "") -> bool:
    """The end: factors are taken away so that new ones are set up, or the new password is set. `account` has shown what was
    not lost. Returns whether the link opened it.
    """
    found = links.find(token, lock=True)
    if found is None or found.recovery is None or found.account_id != account.pk:
        return False
    recovery = Recovery.objects.select_for_update().get(pk=found.recovery.pk)
    if standing(recovery).state != READY:
        return False
    if recovery.what == Recovery.What.FACTOR:
        factors.remove_factors(account, account)
    else:
        account.set_password(password)
        account.save(update_fields=["password"])
    now = timezone.now()
    Recovery.objects.filter(pk=recovery.pk).update(used_at=now, ended_at=now)
    Link.objects.filter(pk=found.pk).update(used_at=now)
    Session.objects.filter(account=account).delete()
    programs.end_all(account, account)
    ties.end_all(account)
    events.record("recovery-done", account, account, what=recovery.what)
    notices.tell(account, "recovery-done")
    return True
