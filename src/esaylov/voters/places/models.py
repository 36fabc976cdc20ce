"""Tables of addresses and precincts beside those of the list (`voters.models`)."""

from django.db import models


class RuleSet(models.Model):
    """One act that set rules, `rows` of them for `precincts`: what its entry pins; recorded `at`. (The rules: `voters.Rule`.)"""

    journal = models.BigIntegerField(primary_key=True)
    election = models.TextField()
    body = models.TextField()
    decision = models.TextField()
    sha256 = models.BinaryField()
    precincts = models.IntegerField()
    rows = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["election", "journal"], name="rule_set_of_election")]


class Placing(models.Model):
    """A mahalla whose voters wait to be placed anew: its rules or its addresses changed. `journal`: the act (0: addresses)."""

    election = models.TextField()
    mahalla = models.ForeignKey("voters.Mahalla", on_delete=models.CASCADE, db_index=False)
    journal = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "mahalla"], name="placing_once")]


class Coverage(models.Model):
    """How many houses of a mahalla there are, and how many belong to no precinct of an election; as of the last placing."""

    election = models.TextField()
    mahalla = models.ForeignKey("voters.Mahalla", on_delete=models.CASCADE, db_index=False)
    houses = models.IntegerField()
    uncovered = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "mahalla"], name="coverage_once")]


class RulesFile(models.Model):
    """Rules that somebody handed in or typed, until they are decided or an hour has passed. Rules are public."""

    id = models.UUIDField(primary_key=True)
    election = models.TextField()
    body = models.TextField()
    person = models.UUIDField()
    name = models.TextField()
    content = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="rules_file_age")]
