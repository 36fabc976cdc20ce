"""What can be found by name, number or address."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class WordsField(models.TextField):  # type: ignore[type-arg]  # (generic for the type checker only)
    """A set of words that PostgreSQL can search (`tsvector`), written as it writes one."""

    def db_type(self, connection: Any) -> str:
        return "tsvector"


class SearchDocument(models.Model):
    """One thing of an election that can be found: a projection of the tables that the election was called with.

    `kind` is territory, precinct, contest, party or candidate; `code` its id in the package, `within` the contest of a
    candidate. `own` holds the folded words of its names, `words` those and the words of where it lies. A withheld place
    has no address here.
    """

    election = models.TextField()
    kind = models.TextField()
    within = models.TextField(blank=True)
    code = models.TextField()
    titles = models.JSONField(default=dict)
    territory = models.IntegerField(null=True)
    number = models.TextField(blank=True)
    address = models.TextField(blank=True)
    position = models.IntegerField()
    own = WordsField()
    words = WordsField()

    class Meta:
        app_label = "publication"
        constraints = [
            models.UniqueConstraint(fields=["election", "kind", "within", "code"], name="search_document")
        ]
        indexes = [GinIndex(fields=["words"], name="search_words")]
