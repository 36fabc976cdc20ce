"""The journal, its order, the checkpoints over it, and the vault.

`Journal`, `Entry` and `Checkpoint` are append-only: the application's database role may only insert
(`append_only` is read by `esaylov.server.database`), and a trigger refuses the rest to everybody else.
"""

from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field


class XidField(AnyField):
    """PostgreSQL's 64-bit transaction number (`xid8`): by it the sequencer knows which rows can no longer be overtaken."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


def append_only_triggers() -> list[pgtrigger.Trigger]:
    """Triggers that refuse update, delete and truncate, for `Meta.triggers` of an append-only table."""
    return [
        pgtrigger.Protect(name="append_only_rows", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="append_only_table",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
        ),
    ]


class Journal(models.Model):
    """One act. `record` is its public part as it is hashed into the log (of a sealed act: the sealed form);
    for a private act the commitments alone."""

    append_only: ClassVar[bool] = True

    id = models.BigIntegerField(primary_key=True)
    xid = XidField(db_default=Func(function="pg_current_xact_id"), editable=False)
    election = models.TextField(null=True)
    code = models.TextField()
    body = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    public = models.BooleanField()
    record = models.BinaryField()
    key = models.TextField(null=True)
    request = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["xid", "id"], name="journal_xid")]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "key"], condition=models.Q(key__isnull=False), name="journal_idempotency_key"
            )
        ]
        triggers = append_only_triggers()


class Entry(models.Model):
    """The place of a journal row in the order of all rows, and of a public one in the log."""

    append_only: ClassVar[bool] = True

    position = models.BigIntegerField(primary_key=True)
    # No constraint: the sequencer reads the rows that it numbers, and `reconcile` looks for strays.
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, db_constraint=False)
    index = models.BigIntegerField(null=True, unique=True)
    leaf_hash = models.BinaryField(null=True)
    chain = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["leaf_hash"], name="entry_leaf_hash")]
        triggers = append_only_triggers()


class Checkpoint(models.Model):
    """A signed tree head: the note's text, for one size."""

    append_only: ClassVar[bool] = True

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField(db_default=Func(function="statement_timestamp"))

    class Meta:
        triggers = append_only_triggers()


class LogIdentity(models.Model):
    """Origin and verifier key of this installation's log, and whether it holds simulated elections or a replay."""

    append_only: ClassVar[bool] = True

    id = models.SmallIntegerField(primary_key=True, default=1)
    origin = models.TextField()
    verifier_key = models.TextField()
    simulated = models.BooleanField()
    replay = models.BooleanField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_log")]
        triggers = append_only_triggers()


class Sealed(models.Model):
    """What a sealed entry covers, until it is opened or erased."""

    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, primary_key=True, db_constraint=False)
    salt = models.BinaryField()
    value = models.BinaryField()
    opened_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["journal"], condition=models.Q(opened_by__isnull=True), name="sealed_unopened"
            )
        ]


class Vault(models.Model):
    """A record about a person, encrypted (`acts.vault`): the latest of a subject holds. Rows may be deleted, never changed."""

    subject = models.UUIDField()
    key = models.BinaryField()
    sealed = models.BinaryField()
    journal = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["subject", "-id"], name="vault_subject")]
        triggers = [pgtrigger.Protect(name="unchanged_rows", operation=pgtrigger.Update)]


class VaultDigest(models.Model):
    """Where a person is found by the keyed digest of a field."""

    # Each field has a key of its own, so no two fields share a digest.
    digest = models.BinaryField(primary_key=True)
    field = models.TextField()
    subject = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["subject"], name="vault_digest_subject")]


class Access(models.Model):
    """One look into the vault: who read which fields about whom, when and why."""

    append_only: ClassVar[bool] = True

    at = models.DateTimeField()
    subject = models.UUIDField()
    body = models.TextField()
    person = models.UUIDField(null=True)
    fields = ArrayField(models.TextField())
    purpose = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["subject", "-at"], name="access_subject")]
        triggers = append_only_triggers()
