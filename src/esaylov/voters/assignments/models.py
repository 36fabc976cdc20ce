"""Why somebody belongs to a precinct that the address does not lead to, or stays on the list without the register."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class Assignment(models.Model):
    """A voter (no FOREIGN KEY: the list's keys are remade by a national load) belongs to a precinct in an election.

    `precinct` None: the address decides, and only the entry stays though no register has it. `why`: a kind of place
    (`exchange.residents.special.PLACES`), or `queries.REQUEST`, `queries.INCLUDED`. `changeset`: the one that brought it.
    """

    append_only: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    voter = models.BigIntegerField()
    election = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT, null=True)
    why = models.TextField()
    changeset = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["voter"], name="assignment_voter"),
            models.Index(fields=["changeset"], name="assignment_brought"),
        ]
        triggers = append_only_triggers()


class AssignmentEnd(models.Model):
    """The changeset by which an assignment ended."""

    append_only: ClassVar[bool] = True

    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, primary_key=True, related_name="end"
    )
    changeset = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["changeset"], name="assignment_ended")]
        triggers = append_only_triggers()
