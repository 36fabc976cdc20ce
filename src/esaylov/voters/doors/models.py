"""What members of precinct commissions found at doors: one row for each visit, of which the latest of a house counts."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class HouseCheck(models.Model):
    """The state of a house after a visit. `number`: visits of a precinct, from 1 on. `mahalla`, `house`: as entries of the list
    have them (`Voter.house`, a keyed digest). `entries` there were; of so many it was `answered` who lives there; so many are to
    `follow` up: gone, died, or with wrong data. `missing`: people who live there and are not in the list.

    Who it was that is gone stands in `sealed` alone, under the number of the precinct.
    """

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
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
    sealed = models.BinaryField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["precinct", "number"], name="house_check_number")]
        indexes = [models.Index(fields=["election"], name="house_check_of_election")]
        triggers = append_only_triggers()
