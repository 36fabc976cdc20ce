"""Protocols and decisions about them (facts, append-only), and what is derived from them at a size of the log.

Facts are written by acts only. Projections (`Standing`, `Total`, `Outcome`, `Tabulation`) are written by
`tabulation` only and can be dropped and rebuilt at any time.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce

from esaylov.acts.models import append_only_triggers


class Protocol(models.Model):
    """One version of the statement of results of a precinct for a contest. `lines` follow the edition's
    form, `votes` the options' positions. `leaf` is the leaf hash of its entry, `replaces` that of the version before."""

    append_only: ClassVar[bool] = True

    # No constraint: written with its journal row in one transaction; `reconcile` looks for strays.
    journal = models.OneToOneField(
        "acts.Journal", on_delete=models.PROTECT, primary_key=True, db_constraint=False
    )
    # No constraints: contests and precincts of a called election are never deleted, and a look-up for each row would
    # cost a quarter of the intake.
    contest = models.ForeignKey(
        "elections.Contest", on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    precinct = models.ForeignKey(
        "registry.Precinct", on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    version = models.SmallIntegerField()
    state = models.TextField()
    findings = ArrayField(models.TextField(), default=list)
    lines = ArrayField(models.IntegerField())
    votes = ArrayField(models.IntegerField())
    at = models.DateTimeField()
    leaf = models.BinaryField()
    replaces = models.BinaryField(null=True)
    sealed = models.BooleanField()

    class Meta:
        constraints = [
            # One first version of a place, whatever number it says, and one correction of each version: two that come at
            # the same instant meet here.
            models.UniqueConstraint(
                "precinct",
                "contest",
                Coalesce("replaces", models.Value(b"")),
                condition=~models.Q(state="conflicting"),
                name="protocol_place",
            )
        ]
        indexes = [
            models.Index(
                fields=["precinct", "contest"],
                condition=models.Q(state="conflicting"),
                name="protocol_conflict",
            ),
            models.Index(
                fields=["replaces"], condition=models.Q(replaces__isnull=False), name="protocol_replaces"
            ),
        ]
        triggers = append_only_triggers()


class Ruling(models.Model):
    """A higher commission's decision on a protocol (`accept`, `return`) or on a precinct (`annul`; contest empty: all)."""

    append_only: ClassVar[bool] = True

    journal = models.OneToOneField("acts.Journal", on_delete=models.PROTECT, primary_key=True)
    kind = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT)
    contest = models.ForeignKey("elections.Contest", on_delete=models.PROTECT, null=True)
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, null=True)
    number = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["precinct"], name="ruling_precinct")]
        triggers = append_only_triggers()


class ContestDecision(models.Model):
    """A decision on a whole contest: a `lot` drawn, a `determination` where the law is silent, a `certification`."""

    append_only: ClassVar[bool] = True

    journal = models.OneToOneField("acts.Journal", on_delete=models.PROTECT, primary_key=True)
    kind = models.TextField()
    contest = models.ForeignKey("elections.Contest", on_delete=models.PROTECT)
    number = models.TextField()
    outcome = ArrayField(models.TextField(), default=list)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class Standing(models.Model):
    """Projection: which protocol stands for a place, in which state, and whether it counts. Without constraints: it is
    rewritten all the time, and `reconcile` compares it row by row."""

    pk = models.CompositePrimaryKey("contest_id", "precinct_id")
    contest = models.ForeignKey("elections.Contest", on_delete=models.CASCADE, db_constraint=False)
    precinct = models.ForeignKey(
        "registry.Precinct", on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    cell = models.ForeignKey("registry.Cell", on_delete=models.CASCADE, db_index=False, db_constraint=False)
    protocol = models.ForeignKey(
        Protocol, on_delete=models.CASCADE, null=True, db_index=False, db_constraint=False
    )
    state = models.TextField()
    counts = models.BooleanField()
    index = models.BigIntegerField(null=True)
    conflicts = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["contest", "cell"], name="standing_cell"),
            models.Index(fields=["precinct"], name="standing_precinct"),
        ]


class Total(models.Model):
    """Projection: the sums of a contest over a territory, as docs/formats.md defines them."""

    pk = models.CompositePrimaryKey("contest_id", "territory_id")
    contest = models.ForeignKey("elections.Contest", on_delete=models.CASCADE)
    territory = models.ForeignKey("registry.Territory", on_delete=models.CASCADE)
    expected = models.IntegerField()
    received = models.IntegerField()
    counted = models.IntegerField()
    inconsistent = models.IntegerField()
    returned = models.IntegerField()
    annulled = models.IntegerField()
    voters_annulled = models.BigIntegerField()
    lines = ArrayField(models.BigIntegerField())
    votes = ArrayField(models.BigIntegerField())


class Outcome(models.Model):
    """Projection: who wins a contest, as `law.determination` says, with every step."""

    contest = models.OneToOneField("elections.Contest", on_delete=models.CASCADE, primary_key=True)
    final = models.BooleanField()
    determination = models.JSONField()


class Tabulation(models.Model):
    """The size of the log for which an election's projections hold."""

    election = models.OneToOneField("elections.Election", on_delete=models.CASCADE, primary_key=True)
    size = models.BigIntegerField()
    at = models.DateTimeField()
