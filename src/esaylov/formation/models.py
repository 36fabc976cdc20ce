"""Imports of members and discussions in the Kengashes (facts), and files that wait for their confirmation (staging)."""

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


class FileDecision(models.Model):
    """The decision that formed a commission, as the file of an import (`journal`) names it."""

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField()
    commission = models.ForeignKey("registry.Commission", on_delete=models.PROTECT, db_constraint=False)
    decision = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "commission"], name="one_decision_of_a_commission")
        ]
        triggers = append_only_triggers()


class Upload(models.Model):
    """A file of members that somebody handed in, and how far the work on it is. No official fact: thrown away soon.

    `sealed`: its content, encrypted, as long as it is needed; `returned`: the workbook of its rows with problems, the same
    way. `result`: counts and codes, no name. `attempts`: how often a process began with what is to be done.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        READING = "reading"
        READ = "read"
        CONFIRMED = "confirmed"
        ENTERING = "entering"
        ENTERED = "entered"
        REFUSED = "refused"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True)
    person = models.UUIDField()
    election = models.TextField()
    name = models.TextField()
    sealed = models.BinaryField(null=True)
    at = models.DateTimeField()
    body = models.TextField(default="")
    mandate = models.BigIntegerField(default=0)
    decision = models.TextField(default="")
    language = models.TextField(default="en")
    state = models.TextField(default=State.WAITING)
    stage = models.TextField(default="")
    attempts = models.IntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    returned = models.BinaryField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at"], name="upload_person"),
            models.Index(fields=["state", "at"], name="upload_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "body"],
                condition=models.Q(state__in=["waiting", "reading", "confirmed", "entering"]),
                name="one_file_of_a_body_at_a_time",
            )
        ]


class FoundProblem(models.Model):
    """A problem of a file that was handed in: of a row (`said`: what fills its text) or of a commission (`said`: its text by
    language). No name and no number of a person.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="problems")
    position = models.IntegerField()
    place = models.TextField()
    column = models.TextField()
    code = models.TextField()
    article = models.TextField()
    is_error = models.BooleanField()
    commission = models.TextField()
    said = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "position"], name="problem_position"),
        ]


class Discussion(models.Model):
    """The Kengash's discussion of those who were proposed: number and day of its minutes, and how many it supported.
    `present`: deputies who were there, None where the commission recorded the minutes.
    """

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    election = models.TextField()
    territory_id = models.IntegerField()
    minutes = models.TextField()
    day = models.DateField()
    proposed = models.IntegerField()
    supported = models.IntegerField()
    present = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["election", "territory_id", "minutes", "day"], name="one_record_of_a_discussion"
            )
        ]
        triggers = append_only_triggers()


class Opinion(models.Model):
    """Whether the Kengash supports one proposal (`application`: its id), by a discussion."""

    append_only: ClassVar[bool] = True

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, db_constraint=False)
    application = models.UUIDField(db_index=True)
    supported = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["discussion", "application"], name="one_opinion_of_a_discussion")
        ]
        triggers = append_only_triggers()


class Kengash(models.Model):
    """The organisation that is the Kengash of a territory (database id): the latest named is."""

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    election = models.TextField()
    territory_id = models.IntegerField()
    organisation = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["election", "territory_id", "-journal"], name="kengash_of_a_territory")
        ]
        triggers = append_only_triggers()
