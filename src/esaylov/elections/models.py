"""An election, its contests and what can be voted for."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from esaylov.acts.models import append_only_triggers
from esaylov.law.calendar import Days


class Election(models.Model):
    """One election day. `set_time` is the time of a set clock (replay, demonstration, an election of the past). `events`: days
    (ISO 8601) of events that steps of its calendar hang on, by the names that the edition gives them.
    """

    id = models.TextField(primary_key=True)
    titles = models.JSONField(default=dict)
    date = models.DateField()
    timezone = models.TextField()
    edition_id = models.TextField()
    edition_toml = models.TextField()
    simulated = models.BooleanField()
    pilot = models.BooleanField(default=False)
    replay = models.BooleanField()
    clock_is_set = models.BooleanField()
    set_time = models.DateTimeField(null=True)
    release = models.DateTimeField(null=True)
    package = models.JSONField(default=dict)
    events = models.JSONField(default=dict, db_default={})
    journal = models.BigIntegerField()

    @property
    def days(self) -> Days:
        """Days of events, as `law.calendar.window` takes them."""
        return {name: date.fromisoformat(day) for name, day in self.events.items()}


class Contest(models.Model):
    """One question on one ballot. `position` is its order in the package."""

    id = models.IntegerField(primary_key=True)
    election = models.ForeignKey(Election, on_delete=models.PROTECT)
    code = models.TextField()
    kind = models.TextField()
    territory = models.ForeignKey("registry.Territory", on_delete=models.PROTECT)
    seats = models.IntegerField()
    titles = models.JSONField(default=dict)
    position = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "code"], name="contest_code")]


class Option(models.Model):
    """What can be voted for. `position` is its place, from 0, in every array of votes of the contest."""

    id = models.IntegerField(primary_key=True)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="options")
    code = models.TextField()
    kind = models.TextField()
    names = models.JSONField(default=dict)
    ballot_order = models.IntegerField()
    organisation = models.TextField(blank=True)
    gender = models.TextField(blank=True)
    birth_date = models.TextField(blank=True)
    position = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "code"], name="option_code")]


class Move(models.Model):
    """A step of the calendar with dates that a decision set. Of one step's decisions (`sequence`: 1, 2, …) the last one
    taken holds; an end that is None is open."""

    append_only: ClassVar[bool] = True

    journal = models.OneToOneField("acts.Journal", on_delete=models.PROTECT, primary_key=True)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, db_index=False)
    step = models.TextField()
    sequence = models.IntegerField()
    opens = models.DateTimeField(null=True)
    closes = models.DateTimeField(null=True)
    number = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "step", "sequence"], name="move_sequence")]
        triggers = append_only_triggers()


class Draft(models.Model):
    """An election that is being prepared; no official fact. `id` is the election's id to be.

    `kinds`: kinds of its contests. `events`: days of events by the names that the edition gives them. `basis`: the
    election whose territories and precincts it took. `start`: where the clock of a rehearsal begins (None: at the call).
    `called`: journal number of the act that called it, None before.
    """

    id = models.TextField(primary_key=True)
    titles = models.JSONField(default=dict)
    kinds = ArrayField(models.TextField())
    form = models.TextField()
    mode = models.TextField()
    edition = models.TextField()
    date = models.DateField()
    timezone = models.TextField()
    events = models.JSONField(default=dict)
    basis = models.TextField(blank=True)
    start = models.DateTimeField(null=True)
    called = models.BigIntegerField(null=True)


class DraftTable(models.Model):
    """A table of a draft: the CSV file as a package holds it."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="tables")
    name = models.TextField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "name"], name="draft_table")]
