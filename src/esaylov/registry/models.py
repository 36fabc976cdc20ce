"""Territories, precincts and commissions of an election; persons, organisations and their mandates.

Every election carries its own territories: borders change between elections, and a package is whole in itself.
`code` is the id that the election package uses; `id` is the database's own.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from esaylov.acts.models import append_only_triggers


class Territory(models.Model):
    """A place in the tree; `lineage` holds the ids of the territory itself and of all its parents, from itself upward.
    `timezone`: where its clocks are not the election's.
    """

    id = models.IntegerField(primary_key=True)
    election = models.TextField()
    code = models.TextField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    kind = models.TextField()
    names = models.JSONField(default=dict)
    soato = models.TextField(blank=True)
    timezone = models.TextField(blank=True, default="", db_default="")
    position = models.IntegerField()
    lineage = ArrayField(models.IntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "code"], name="territory_code")]


class Cell(models.Model):
    """A set of territories that the same precincts lie in: precincts are summed by cell, cells by territory."""

    id = models.IntegerField(primary_key=True)
    election = models.TextField()
    territories = ArrayField(models.IntegerField())


class Precinct(models.Model):
    """A polling station and its area. `place_public` false: the place is withheld. `links`: further constituencies."""

    id = models.IntegerField(primary_key=True)
    election = models.TextField()
    code = models.TextField()
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="precincts")
    constituency = models.ForeignKey(
        Territory, on_delete=models.PROTECT, null=True, related_name="constituency_precincts"
    )
    links = ArrayField(models.IntegerField(), default=list)
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT)
    number = models.TextField(blank=True)
    voters = models.IntegerField()
    address = models.TextField(blank=True)
    latitude = models.TextField(blank=True)
    longitude = models.TextField(blank=True)
    place_public = models.BooleanField(null=True)
    position = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "code"], name="precinct_code")]


class Commission(models.Model):
    """An election commission of one election ("": the Central Commission outside of elections): central (`cec`),
    `territorial`, `district`, `okrug` or `precinct`."""

    id = models.IntegerField(primary_key=True)
    election = models.TextField()
    code = models.TextField()
    tier = models.TextField()
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, null=True, db_constraint=False)
    precinct = models.ForeignKey(Precinct, on_delete=models.PROTECT, null=True, db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "code"], name="commission_code")]


class CommissionToken(models.Model):
    """A commission's bearer token, stored as SHA-256 (the token has 256 random bits). `powers`: those of `GRAVE` that it holds
    besides. Persons have tokens of their own (`accounts.ProgramToken`)."""

    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, db_constraint=False)
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    powers = ArrayField(models.TextField(), default=list)


class Person(models.Model):
    """A natural person who takes part in an official capacity; all that is known of them lies in the vault."""

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True)
    journal = models.BigIntegerField()

    class Meta:
        triggers = append_only_triggers()


class Organisation(models.Model):
    """A party, media outlet, mahalla body, employer, state, foreign or international body. `code` is what the log shows."""

    append_only: ClassVar[bool] = True

    code = models.TextField(unique=True)
    kind = models.TextField()
    names = models.JSONField(default=dict)
    journal = models.BigIntegerField()

    class Meta:
        triggers = append_only_triggers()


class Mandate(models.Model):
    """The authority of one person in one body, in one role, in one election ("": outside of elections).

    `valid_from` None: from the act that gave it. `proposer`: kind of body that proposed the person (Art. 23).
    `commitment`: SHA-256 of the vault's record at that time.
    """

    append_only: ClassVar[bool] = True

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_constraint=False)
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, null=True, db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    role = models.TextField()
    election = models.TextField(blank=True)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    proposer = models.TextField(blank=True)
    commitment = models.BinaryField()
    journal = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(commission__isnull=True) ^ models.Q(organisation__isnull=True),
                name="mandate_in_one_body",
            )
        ]
        # Most mandates are those of commissions: they need no place in it.
        indexes = [
            models.Index(
                fields=["organisation"],
                condition=models.Q(organisation__isnull=False),
                name="mandate_of_organisation",
            )
        ]
        triggers = append_only_triggers()


class MandateEnd(models.Model):
    """The end of a mandate before its time: when, on which ground (a code), by which act."""

    append_only: ClassVar[bool] = True

    mandate = models.OneToOneField(Mandate, on_delete=models.PROTECT, primary_key=True, db_constraint=False)
    at = models.DateTimeField()
    ground = models.TextField()
    journal = models.BigIntegerField()

    class Meta:
        triggers = append_only_triggers()
