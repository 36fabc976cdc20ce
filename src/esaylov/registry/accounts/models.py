"""Accounts and what belongs to them. Codes and links are kept as hashes, the secrets of factors encrypted (`encryption.py`).

`Event` is append-only: the application's role may only insert, and a trigger refuses the rest to everybody.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from esaylov.acts.models import append_only_triggers
from esaylov.registry.accounts.codes import new_sign_in_code, normal_code


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; finds them by sign-in code in any case."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(code=normal_code(username or ""))

    def open(self, **values: Any) -> Account:
        """A new account without a password, under a code that nobody has."""
        account = self.model(code=new_sign_in_code(), **values)
        account.set_unusable_password()
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """One person's way in. It holds no power: mandates of `person` do.

    An account of an administrator has no person, and so no mandate: it administers accounts and nothing else.
    """

    last_login = None  # sessions say when

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=16, unique=True)
    email = models.EmailField(blank=True, default="")
    label = models.CharField(max_length=200, blank=True, default="")
    person = models.UUIDField(null=True, unique=True)
    is_administrator = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True)
    # Raised when known devices are to be known no longer.
    devices_epoch = models.IntegerField(default=0)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "code"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_administrator=False) | models.Q(person__isnull=True),
                name="administrator_is_nobody_else",
            ),
        ]
        indexes = [models.Index(fields=["email"], name="account_email")]

    def __str__(self) -> str:
        return self.code

    def get_short_name(self) -> str:
        return self.label or self.code


class Session(models.Model):
    """One signed-in device. `session_key` is the hash of what the cookie holds."""

    session_key = models.CharField(max_length=64, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="sessions")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    device = models.CharField(max_length=200, blank=True, default="")
    network = models.CharField(max_length=50, blank=True, default="")
    through_the_night = models.BooleanField(default=False)


class ProgramToken(models.Model):
    """By which a program acts for a person under one mandate (`programs.py`). The token has 256 random bits; its SHA-256 is
    kept. `ended_at`: taken back, or ended with what it stood on, before it expired.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="program_tokens")
    mandate = models.BigIntegerField()
    name = models.CharField(max_length=80)
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class Throttle(models.Model):
    """How full a bucket of failures was when last looked at."""

    key = models.BinaryField(primary_key=True)
    level = models.FloatField()
    full_up = models.BooleanField(default=False)
    at = models.DateTimeField(db_index=True)


class Link(models.Model):
    """A one-time link; the secret itself is never kept."""

    class Kind(models.TextChoices):
        ADMINISTRATOR = "administrator", _("first administrator")
        INVITATION = "invitation", _("invitation")
        RECOVERY = "recovery", _("recovery")

    token_hash = models.BinaryField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    recovery = models.ForeignKey("Recovery", null=True, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class CodeCard(models.Model):
    """A printed card of one-time codes, a second factor without a telephone."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="cards")
    serial = models.CharField(max_length=16, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)


class CardCode(models.Model):
    """One code of a card, as a keyed hash."""

    card = models.ForeignKey(CodeCard, on_delete=models.CASCADE, related_name="codes")
    number = models.SmallIntegerField()
    code_hash = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "number"], name="card_code_number")]


class Recovery(models.Model):
    """A way back for who lost a factor: two persons of two bodies, a wait, a link. README.md draws its states."""

    class What(models.TextChoices):
        FACTOR = "factor", _("the second factor")
        PASSWORD = "password", _("the password")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recoveries")
    what = models.CharField(max_length=10, choices=What.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(ended_at__isnull=True), name="one_recovery_at_a_time"
            )
        ]


class Approval(models.Model):
    """Who said that the person asking is who they say, and for which body."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="approvals")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    body = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recovery", "account"], name="approval_by_one_person_once"),
            models.UniqueConstraint(fields=["recovery", "body"], name="approval_by_one_body_once"),
        ]


class Event(models.Model):
    """What was done to an account: who, what, when. No name, no secret."""

    append_only: ClassVar[bool] = True

    at = models.DateTimeField(db_index=True)
    code = models.CharField(max_length=40)
    account = models.UUIDField(null=True, db_index=True)
    by = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        triggers = append_only_triggers()
