"""The single electronic voter list, the changesets that make it, and the addresses that lead to precincts.

Nothing here tells who somebody is without the keys: names, PINFL, document and address are sealed together (`sealed`), and
found by keyed digests of 16 bytes (`custody`). What stands in clear is the district, the mahalla and the precinct. The
changes of a changeset that is not applied yet lie in a table of their own each (`staging`).
"""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class Mahalla(models.Model):
    """A mahalla as the address register has it; `district`: SOATO."""

    id = models.AutoField(primary_key=True)
    code = models.TextField(unique=True)
    district = models.IntegerField()
    names = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["district"], name="mahalla_district")]


class Address(models.Model):
    """A house of the address register, in clear: it names nobody. `street_key`: the folded street. `digest`: the first eight
    bytes of its keyed digest, as entries of the list have it (`Voter.house`).
    """

    id = models.AutoField(primary_key=True)
    mahalla = models.ForeignKey(Mahalla, on_delete=models.PROTECT, db_index=False)
    street = models.TextField()
    street_key = models.TextField()
    house = models.TextField()
    digest = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mahalla", "street_key", "house"], name="address_once")
        ]
        indexes = [models.Index(fields=["digest"], name="address_digest")]


class Extract(models.Model):
    """What a register handed over, as its head says; `as_of`: the time whose state it shows."""

    register = models.TextField()
    kind = models.TextField()
    as_of = models.DateTimeField()
    rows = models.BigIntegerField()
    sha256 = models.BinaryField()
    simulated = models.BooleanField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["register", "as_of"], name="extract_age")]


class Changeset(models.Model):
    """Changes to the list that are decided together. `base`: the last applied changeset when they were compared (0: none).

    `election`: whose day and precincts they follow ("": none). `rules`, `addresses`: the last act that set rules and the last
    extract of addresses that they were led to precincts by. `counts`: by kind of change, what the checks found, and `voters` on
    the list after it went in.
    `sha256`: over all changes in the order of entries (`staging.fingerprint`). `reverses`: the changeset that it takes back.
    """

    class State(models.TextChoices):
        COMPARING = "comparing"
        COMPARED = "compared"
        FAILED = "failed"
        PROPOSED = "proposed"
        APPROVED = "approved"
        APPLIED = "applied"
        REVERSED = "reversed"
        DISCARDED = "discarded"

    id = models.BigAutoField(primary_key=True)
    election = models.TextField(blank=True)
    kind = models.TextField()
    extract = models.ForeignKey(Extract, on_delete=models.PROTECT, null=True)
    base = models.BigIntegerField()
    reverses = models.BigIntegerField(null=True)
    rules = models.BigIntegerField(default=0, db_default=0)
    addresses = models.BigIntegerField(default=0, db_default=0)
    counts = models.JSONField(default=dict)
    sha256 = models.BinaryField(null=True)
    state = models.TextField(choices=State.choices, default=State.COMPARING)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["base"],
                condition=models.Q(state__in=["applied", "reversed"]),
                name="one_after_another",
            )
        ]


class ChangesetStep(models.Model):
    """What was done with a changeset: proposed, approved, applied, discarded; by whom; by which act."""

    append_only: ClassVar[bool] = True

    changeset = models.ForeignKey(Changeset, on_delete=models.PROTECT, related_name="steps")
    step = models.TextField()
    person = models.UUIDField(null=True)
    at = models.DateTimeField()
    journal = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["changeset", "step"], name="changeset_step_once")]
        triggers = append_only_triggers()


class DistrictCount(models.Model):
    """How many changes of a kind a changeset brings to a district (SOATO; 0: none is known)."""

    changeset = models.ForeignKey(
        Changeset, on_delete=models.CASCADE, related_name="districts", db_index=False
    )
    district = models.IntegerField()
    kind = models.SmallIntegerField()
    rows = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["changeset", "district", "kind"], name="district_count_once")
        ]


class Problem(models.Model):
    """What the checks found in a row of an extract: where and which rule; never what stands there."""

    changeset = models.ForeignKey(
        Changeset, on_delete=models.CASCADE, related_name="problems", db_index=False
    )
    file = models.TextField()
    line = models.BigIntegerField()
    code = models.TextField()
    field = models.TextField(blank=True)
    severity = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["changeset", "code"], name="problem_code")]


class Voter(models.Model):
    """An entry of the list. `changeset`: the one that wrote it last. `precinct`: None as long as no rule leads to one."""

    id = models.BigIntegerField(primary_key=True)
    pinfl = models.UUIDField()
    document = models.UUIDField()
    content = models.UUIDField()
    house = models.BigIntegerField()
    district = models.IntegerField()
    mahalla = models.IntegerField()
    precinct = models.IntegerField(null=True)
    changeset = models.BigIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pinfl"], name="voter_pinfl")]
        indexes = [
            models.Index(fields=["document"], name="voter_document"),
            models.Index(fields=["precinct"], name="voter_precinct"),
            models.Index(fields=["mahalla", "house"], name="voter_house"),
        ]


class Former(models.Model):
    """An entry as it stood before a changeset changed it or removed it; `reason`: why it was removed ("": it was not)."""

    id = models.BigAutoField(primary_key=True)
    voter = models.BigIntegerField()
    pinfl = models.UUIDField()
    document = models.UUIDField()
    content = models.UUIDField()
    house = models.BigIntegerField()
    district = models.IntegerField()
    mahalla = models.IntegerField()
    precinct = models.IntegerField(null=True)
    changeset = models.BigIntegerField()
    sealed = models.BinaryField()
    kind = models.SmallIntegerField()
    reason = models.TextField(blank=True)
    ended = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["ended"], name="former_ended"),
            models.Index(fields=["document"], name="former_document"),
            models.Index(fields=["voter"], name="former_voter"),
            # Whoever was removed finds that by the own PINFL too (`own.finding`); what merely changed is not looked for by it.
            models.Index(fields=["pinfl"], condition=~models.Q(reason=""), name="former_removed"),
        ]


class Rule(models.Model):
    """Which houses belong to a precinct of an election: a street ("*": the whole mahalla), from a number to a number (None: all),
    `parity` all, odd or even. `journal`: the act that set it; `ended`: the act that took it back.
    """

    election = models.TextField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT)
    mahalla = models.ForeignKey(Mahalla, on_delete=models.PROTECT)
    street = models.TextField()
    street_key = models.TextField()
    first = models.IntegerField(null=True)
    last = models.IntegerField(null=True)
    parity = models.TextField()
    journal = models.BigIntegerField()
    ended = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["election", "mahalla"], condition=models.Q(ended__isnull=True), name="rule_in_force"
            )
        ]


class KeyCheck(models.Model):
    """A value by which a generation of keys is recognised (`Keyring.check`): under other keys nothing is written."""

    generation = models.IntegerField(primary_key=True)
    value = models.BinaryField()


from esaylov.voters.assignments.models import Assignment, AssignmentEnd  # noqa: E402, F401 - likewise
from esaylov.voters.doors.models import HouseCheck  # noqa: E402, F401 - Django looks for tables here
from esaylov.voters.freezing.models import Freeze, FrozenList, Mark, Supplement  # noqa: E402, F401 - likewise
from esaylov.voters.linkage.models import Pair, PairStep, Search  # noqa: E402, F401 - likewise
from esaylov.voters.lookup.models import Access  # noqa: E402, F401 - likewise
from esaylov.voters.notices.models import Notice, NoticePeriod, Told  # noqa: E402, F401 - likewise
from esaylov.voters.places.models import Coverage, Placing, RuleSet, RulesFile  # noqa: E402, F401 - Django looks for tables here
from esaylov.voters.registers.models import RegisterState  # noqa: E402, F401 - likewise
from esaylov.voters.requests.models import (  # noqa: E402
    Gathering,  # noqa: F401 - likewise
    Request,  # noqa: F401
    RequestDecision,  # noqa: F401
    RequestTaken,  # noqa: F401
)
