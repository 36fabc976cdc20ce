"""Imports of members (facts), and files that wait for their confirmation (staging)."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class Import(models.Model):
    """A file of members that was entered by one act; `sha256` is that of its bytes."""

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    election = models.TextField()
    body = models.TextField()
    decision = models.TextField()
    sha256 = models.BinaryField()
    rows = models.IntegerField()
    taken = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["election", "body", "decision", "sha256"], name="one_import_of_a_file"
            )
        ]
        triggers = append_only_triggers()


class Upload(models.Model):
    """A file that somebody handed in and has not confirmed yet, encrypted; thrown away soon. No official fact."""

    id = models.UUIDField(primary_key=True)
    person = models.UUIDField()
    election = models.TextField()
    name = models.TextField()
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="upload_person")]


class Discussion(models.Model):
    """The Kengash's discussion of those who were proposed: number and day of its minutes, and how many it supported."""

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    election = models.TextField()
    territory_id = models.IntegerField()
    minutes = models.TextField()
    day = models.DateField()
    proposed = models.IntegerField()
    supported = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["election", "territory_id", "minutes", "day"], name="one_record_of_a_discussion"
            )
        ]
        triggers = append_only_triggers()
