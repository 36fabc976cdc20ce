"""The queue of pairs of entries that may be one person. Nothing in it says who anybody is: entries are numbers."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class Search(models.Model):
    """A search for duplicates in the list. `candidates`: how many pairs each rule brought; `model`: SHA-256 of its parameters."""

    at = models.DateTimeField()
    seconds = models.IntegerField()
    entries = models.BigIntegerField()
    pairs = models.IntegerField()
    candidates = models.JSONField(default=dict)
    model = models.BinaryField()

    class Meta:
        db_table = "voters_search"


class Pair(models.Model):
    """Two entries that may be one person. `weight`: bits for (or against) it; `exact`: the identifier that both have ("": none).

    `levels`: field, level and bits, in the order of fields. `districts`: SOATO, of the first and the second entry. `verdict`,
    `removes`: what the last step said, and the entry that would leave the list. `changeset`: the one that removes it.

    What was decided of a pair is said once: where it is to be decided anew (`removal.offer_anew`), it is gone and comes again
    under another number.
    """

    class State(models.TextChoices):
        OPEN = "open"
        PROPOSED = "proposed"
        DECIDED = "decided"
        GONE = "gone"

    search = models.ForeignKey(Search, on_delete=models.PROTECT, db_index=False)
    first = models.BigIntegerField()
    second = models.BigIntegerField()
    first_district = models.IntegerField()
    second_district = models.IntegerField()
    weight = models.FloatField()
    exact = models.TextField(blank=True)
    levels = models.JSONField()
    state = models.TextField(choices=State.choices, default=State.OPEN)
    verdict = models.TextField(blank=True)
    removes = models.BigIntegerField(null=True)
    changeset = models.BigIntegerField(null=True)

    class Meta:
        db_table = "voters_pair"
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                condition=~models.Q(state="gone") | models.Q(verdict=""),
                name="pair_once",
            )
        ]
        indexes = [
            models.Index(fields=["state", "-weight"], name="pair_queue"),
            models.Index(fields=["first_district"], name="pair_first_district"),
            models.Index(fields=["second_district"], name="pair_second_district"),
        ]


class PairStep(models.Model):
    """What somebody said about a pair: proposed or approved; the act that recorded it."""

    append_only: ClassVar[bool] = True

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="steps")
    step = models.TextField()
    verdict = models.TextField()
    removes = models.BigIntegerField(null=True)
    person = models.UUIDField(null=True)
    at = models.DateTimeField()
    journal = models.BigIntegerField()

    class Meta:
        db_table = "voters_pairstep"
        triggers = append_only_triggers()
