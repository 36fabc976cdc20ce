"""Election day in the precinct: turnout for now."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class Turnout(models.Model):
    """Voters who took part until a time, as the precinct commission reported it; cumulative."""

    append_only: ClassVar[bool] = True

    journal = models.OneToOneField("acts.Journal", on_delete=models.PROTECT, primary_key=True)
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT)
    at = models.DateTimeField()
    voters = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["precinct", "at"], name="turnout_precinct")]
        triggers = append_only_triggers()
