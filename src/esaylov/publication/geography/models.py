"""Boundaries that an operator has loaded."""

from django.db import models


class Boundaries(models.Model):
    """The boundaries of an election's territories of one kind, for maps. They are how a map is drawn, not an official fact:
    no act sets them and no leaf holds them. `shapes`: GeoJSON geometries by the territory's code.
    """

    election = models.TextField()
    kind = models.TextField()
    shapes = models.JSONField(default=dict)
    source = models.TextField()
    licence = models.TextField()
    digest = models.TextField()

    class Meta:
        app_label = "publication"
        constraints = [models.UniqueConstraint(fields=["election", "kind"], name="boundaries_of_kind")]
