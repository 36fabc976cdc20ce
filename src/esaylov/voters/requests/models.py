"""Requests of voters and what was decided of them. Who asks and what is said lie sealed; in clear stand kind, place and times."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class Request(models.Model):
    """What a voter asked for. `id`: drawn at random; what was said (`said.py`) is sealed under it. `number`: as the voter and
    the log have it. `precinct`: whose commission decides; None: that of `territory`, which is the precinct's or the one that the
    voter named. `voter`: the entry of the list, also one that was removed; None: none was found. `code`: keyed digest of the
    secret code.
    """

    append_only: ClassVar[bool] = True

    id = models.BigIntegerField(primary_key=True)
    journal = models.BigIntegerField(unique=True)
    election = models.TextField()
    number = models.TextField()
    kind = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT, null=True)
    territory = models.ForeignKey("registry.Territory", on_delete=models.PROTECT)
    voter = models.BigIntegerField(null=True)
    code = models.BinaryField(unique=True)
    sealed = models.BinaryField()
    received_at = models.DateTimeField()
    due = models.DateTimeField()

    class Meta:
        db_table = "voters_request"
        constraints = [models.UniqueConstraint(fields=["election", "number"], name="request_number")]
        indexes = [models.Index(fields=["voter"], name="request_voter")]
        triggers = append_only_triggers()


class RequestDecision(models.Model):
    """What was decided of a request: `verdict` granted, refused or withdrawn; `reason`: a code of the edition, of refusals;
    `body`: the commission; `late`: after the request was due. The explanation, and of a granted request what the list is to
    say, are sealed under the request's id.
    """

    append_only: ClassVar[bool] = True

    request = models.OneToOneField(
        Request, on_delete=models.PROTECT, primary_key=True, related_name="decision"
    )
    journal = models.BigIntegerField()
    verdict = models.TextField()
    reason = models.TextField(blank=True)
    body = models.TextField()
    person = models.UUIDField(null=True)
    late = models.BooleanField()
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "voters_requestdecision"
        triggers = append_only_triggers()


class RequestTaken(models.Model):
    """A changeset that carries out a granted request; of several the last one that was not given up counts."""

    append_only: ClassVar[bool] = True

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="taken", db_index=False)
    changeset = models.BigIntegerField()

    class Meta:
        db_table = "voters_requesttaken"
        constraints = [models.UniqueConstraint(fields=["request", "changeset"], name="request_taken_once")]
        indexes = [models.Index(fields=["changeset"], name="request_taken_by")]
        triggers = append_only_triggers()


class Gathering(models.Model):
    """Somebody (`person`) asked that the granted requests of an election be gathered into a changeset, but those `without`: the
    numbers named; and how far the loop is with it. No official fact: what it makes is proposed and approved like any other.

    `total`, `done`: requests; `attempts`: how often a process began with it; `why`: a `code` of `gathering`, or a finding's with
    its texts, where it goes on waiting or failed. `tried_at`: when the custodian last refused. `changeset`: what came of it.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    election = models.TextField()
    person = models.UUIDField(null=True)
    without = models.JSONField(default=list)
    state = models.TextField(choices=State.choices, default=State.ASKED)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    why = models.JSONField(default=dict)
    changeset = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "voters_gathering"
        constraints = [
            models.UniqueConstraint(
                fields=["election"],
                condition=models.Q(state__in=["asked", "running"]),
                name="one_gathering_at_a_time",
            )
        ]
