"""Frozen lists, what is entered into their supplements, and marks of how somebody voted other than in the room on the day."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from esaylov.acts.models import append_only_triggers


class Freeze(models.Model):
    """One act that froze lists: how many, with how many voters, and the SHA-256 of their rows of frozen.csv."""

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    election = models.TextField()
    lists = models.IntegerField()
    voters = models.BigIntegerField()
    unplaced = models.BigIntegerField()
    sha256 = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["election"], name="freeze_of_election")]
        triggers = append_only_triggers()


class FrozenList(models.Model):
    """The list of a precinct as it is frozen: `voters` (their ids) in the order of their numbers, from 1 on; `records`: the
    salted hash of each record (32 bytes), joined, of which the leaves are made; `root` over these. `secret`: what the salts
    are made of, sealed under the precinct's id.

    Without `journal` it is prepared, and may be made anew: from the list after the changeset `base` and the rules of the act
    `rules`. With it, it stays.
    """

    election = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT, db_index=False)
    size = models.IntegerField()
    root = models.BinaryField()
    voters = ArrayField(models.BigIntegerField())
    records = models.BinaryField()
    secret = models.BinaryField()
    base = models.BigIntegerField()
    rules = models.BigIntegerField()
    journal = models.BigIntegerField(null=True)

    class Meta:
        db_table = "voters_frozen"
        constraints = [models.UniqueConstraint(fields=["precinct"], name="frozen_once")]
        indexes = [models.Index(fields=["election"], name="frozen_of_election")]
        triggers = [
            pgtrigger.Protect(
                name="frozen_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__journal__isnull=False),
            )
        ]


class Supplement(models.Model):
    """An entry of a precinct's supplement: numbered from 1 on, with its reason; `members`: the mandates of those who agreed.

    `voter`: the entry of the list that it is about, or a number of its own where the list has none; `record` and `document` (on
    which paper the entry rests) are sealed under that number.
    """

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    election = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT, db_index=False)
    number = models.IntegerField()
    voter = models.BigIntegerField()
    pinfl = models.UUIDField()
    listed = models.BooleanField()
    reason = models.TextField()
    members = ArrayField(models.BigIntegerField())
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["precinct", "number"], name="supplement_number"),
            models.UniqueConstraint(fields=["election", "pinfl"], name="supplemented_once"),
        ]
        indexes = [models.Index(fields=["voter"], name="supplement_voter")]
        triggers = append_only_triggers()


class Mark(models.Model):
    """How somebody voted other than in the room on the day, or asked to: a day and no time, and no way to the entry of the log.

    `precinct`: the one that marked it. Numbers are drawn at random, so that their order says nothing.
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True)
    election = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT)
    voter = models.BigIntegerField()
    kind = models.TextField()
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "voter", "kind"], name="marked_once"),
            models.UniqueConstraint(
                fields=["election", "voter"],
                condition=models.Q(kind__in=["early", "home", "elsewhere"]),
                name="voted_once",
            ),
        ]
        indexes = [models.Index(fields=["voter"], name="mark_voter")]
        triggers = append_only_triggers()
