"""What has been published."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers
from esaylov.publication.geography.models import Boundaries
from esaylov.publication.search.models import SearchDocument

__all__ = ["Boundaries", "Publication", "SearchDocument"]


class Publication(models.Model):
    """One publication: the manifest's SHA-256, the size that its figures hold for, the journal row of its
    entry.
    """

    append_only: ClassVar[bool] = True

    journal = models.OneToOneField("acts.Journal", on_delete=models.PROTECT, primary_key=True)
    manifest = models.BinaryField()
    size = models.BigIntegerField()

    class Meta:
        triggers = append_only_triggers()
