"""One-time links: the first administrator's, invitations, the end of a recovery. Only their hashes are kept."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from esaylov.registry.accounts import events
from esaylov.registry.accounts.codes import new_token
from esaylov.registry.accounts.models import Account, Link, Recovery
from esaylov.registry.accounts.parameters import PARAMETERS


class LinkError(ValueError):
    """No such link may be made; the text says why."""


def token_hash(token: str) -> bytes:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).digest()


def make(
    kind: Link.Kind, seconds: int, account: Account, by: Account | None, recovery: Recovery | None = None
) -> str:
    """Make a link and return its secret, which nobody can read again. Earlier ones of the kind end."""
    Link.objects.filter(kind=kind, account=account, used_at=None).delete()
    token = new_token()
    Link.objects.create(
        token_hash=token_hash(token),
        kind=kind,
        account=account,
        recovery=recovery,
        created_by=by,
        expires_at=timezone.now() + timedelta(seconds=seconds),
    )
    return token


def find(token: str, *, lock: bool = False) -> Link | None:
    """The link of a secret if it still opens anything."""
    links = Link.objects.select_for_update(of=("self",)) if lock else Link.objects.all()
    found = links.filter(
        token_hash=token_hash(token), used_at=None, expires_at__gt=timezone.now(), account__is_active=True
    )
    return found.select_related("account", "recovery").first()


def first_administrator(*, another: bool = False) -> str:
    """The secret of the link by which the first administrator's account is opened. Raises LinkError when an
    administrator has signed in already: then an administrator invites the next one. `another`: one more all the same,
    such as when the only one has lost the second factor; it is recorded.
    """
    with transaction.atomic():
        administrators = list(Account.objects.select_for_update().filter(is_administrator=True))
        opened = [one for one in administrators if one.has_usable_password()]
        if opened and not another:
            raise LinkError("there is an administrator already: administrators invite the next one")
        waiting = [one for one in administrators if not one.has_usable_password() and one.is_active]
        account = waiting[0] if waiting else Account.objects.open(is_administrator=True)
        events.record("administrator-link-on-terminal", account)
        return make(Link.Kind.ADMINISTRATOR, PARAMETERS.first_administrator, account, None)


def invitation(account: Account, by: Account) -> str:
    """The secret of the link by which an account's holder chooses the password. Raises LinkError for an account that was
    opened already: an invitation must not lead into somebody's account.
    """
    with transaction.atomic():
        fresh = Account.objects.select_for_update().get(pk=account.pk)
        if fresh.has_usable_password() or not fresh.is_active:
            raise LinkError("the account was opened already, or is disabled")
        events.record("invited", fresh, by)
        return make(Link.Kind.INVITATION, PARAMETERS.invitation, fresh, by)


@transaction.atomic
def use_password(token: str, password: str) -> Account | None:
    """Choose the password of the account that a link opens. Returns the account, None if the link was used meanwhile."""
    link = find(token, lock=True)
    if link is None or link.account is None or link.kind == Link.Kind.RECOVERY:
        return None
    account = Account.objects.select_for_update().get(pk=link.account.pk)
    if account.has_usable_password():
        return None
    account.set_password(password)
    account.save(update_fields=["password"])
    Link.objects.filter(pk=link.pk).update(used_at=timezone.now())
    events.record("opened", account, account, kind=link.kind)
    return account
