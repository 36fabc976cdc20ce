"""What members of precinct commissions found at doors: a row for each visit, of which the latest of a house counts; the days'
rounds, by which the log knows of them; and how many entries a precinct has.
"""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class HouseCheck(models.Model):
    """The state of a house after a visit. `number`: visits of a precinct, from 1 on. `mahalla`, `house`: as entries of the list
    have them (`Voter.house`, a keyed digest). `entries` there were; of so many it was `answered` who lives there; so many are to
    `follow` up: gone, died, or with wrong data. `missing`: people who live there and are not in the list. `checked`: entries of
    the whole precinct that were answered when it was written, so that nobody has to count visits.

    Who it was that is gone stands in `sealed` alone, under the number of the precinct; `noted` is the hash of that, which a
    round pins. `person` noted it; `key` and `request`: of the form, which is noted once. `journal`: of the visits that were
    entries of the log themselves (docs/decisions/0115); they have neither.
    """

    append_only: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    journal = models.BigIntegerField(null=True)
    election = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT, db_index=False)
    number = models.IntegerField()
    district = models.IntegerField()
    mahalla = models.IntegerField()
    house = models.BigIntegerField()
    entries = models.IntegerField()
    answered = models.IntegerField()
    follow = models.IntegerField()
    missing = models.IntegerField()
    checked = models.IntegerField()
    sealed = models.BinaryField()
    noted = models.BinaryField(null=True)
    day = models.DateField()
    person = models.UUIDField(null=True)
    key = models.TextField(null=True)
    request = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["precinct", "number"], name="house_check_number"),
            models.UniqueConstraint(
                fields=["precinct", "key"], condition=models.Q(key__isnull=False), name="house_check_once"
            ),
        ]
        indexes = [
            models.Index(fields=["election"], name="house_check_of_election"),
            models.Index(
                fields=["precinct", "number"],
                condition=models.Q(journal__isnull=False),
                name="house_check_in_log",
            ),
        ]
        triggers = append_only_triggers()


class Round(models.Model):
    """A day's visits of a precinct, as one act. `number`: rounds of a precinct, from 1 on. `last`: the number of its last visit;
    it holds `visits` of them, those before belong to earlier rounds. `noted`: what the log has. `checked`: as that visit says.
    """

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    election = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT, db_index=False)
    number = models.IntegerField()
    day = models.DateField()
    last = models.IntegerField()
    visits = models.IntegerField()
    checked = models.IntegerField()
    noted = models.BinaryField()

    class Meta:
        db_table = "voters_doorround"
        constraints = [models.UniqueConstraint(fields=["precinct", "number"], name="door_round_number")]
        triggers = append_only_triggers()


class PrecinctSize(models.Model):
    """How many entries of the list lie in a precinct: kept by whatever changes that (`sizes`), for nobody counts twenty million
    rows for a page.
    """

    precinct = models.IntegerField(primary_key=True)
    entries = models.IntegerField()

    class Meta:
        db_table = "voters_precinctsize"
