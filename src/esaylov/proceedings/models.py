"""Sessions with attendance, votes and decisions; applications with what became of them; letters and who read them.

Official facts are append-only; their primary key is the number of the act in the journal. `Motion` alone is none: what somebody
has prepared for a session.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from esaylov.acts.models import append_only_triggers
from esaylov.registry.models import Commission


class Session(models.Model):
    """A session of a commission. `election` "": of the Central Commission outside of elections; `agenda`: titles of its items.

    `number` counts the sessions of a commission in a year, in a series of its own (`sittings.series_of`).
    """

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, db_constraint=False)
    election = models.TextField(blank=True)
    body = models.TextField()
    series = models.TextField(blank=True, default="", db_default="")
    year = models.SmallIntegerField()
    number = models.IntegerField()
    opened_at = models.DateTimeField()
    place = models.TextField(blank=True)
    agenda = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commission", "series", "year", "number"], name="session_number")
        ]
        triggers = append_only_triggers()


class Attendance(models.Model):
    """Who was there from a moment on: mandates of all members and of those present, and who presided."""

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, db_constraint=False)
    sequence = models.IntegerField()
    at = models.DateTimeField()
    members = ArrayField(models.BigIntegerField())
    present = ArrayField(models.BigIntegerField())
    presiding = models.BigIntegerField()
    needed = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "sequence"], name="attendance_sequence")]
        triggers = append_only_triggers()


class Closing(models.Model):
    """The end of a session; `minutes` is the SHA-256 of its minutes as they are published."""

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    session = models.OneToOneField(Session, on_delete=models.PROTECT, db_constraint=False)
    at = models.DateTimeField()
    minutes = models.BinaryField()

    class Meta:
        triggers = append_only_triggers()


class Decision(models.Model):
    """A question that was voted on. `number` is None where it was not carried; `series`: which decisions it is one of
    (`sittings.series_of`).

    `orders`: journal numbers of the acts that it ordered. `digest`: SHA-256 of title, text and articles.
    """

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, db_constraint=False)
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, db_constraint=False)
    election = models.TextField(blank=True)
    body = models.TextField()
    series = models.TextField(blank=True, default="", db_default="")
    year = models.SmallIntegerField()
    number = models.TextField(null=True)
    item = models.IntegerField()
    title = models.TextField()
    text = models.TextField()
    articles = ArrayField(models.TextField())
    at = models.DateTimeField()
    members = models.IntegerField()
    present = models.IntegerField()
    quorum = models.IntegerField()
    votes_for = models.IntegerField()
    against = models.IntegerField()
    abstained = models.IntegerField()
    not_voting = models.IntegerField()
    needed = models.IntegerField()
    casting = models.BooleanField()
    digest = models.BinaryField()
    orders = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "series", "year", "number"],
                condition=models.Q(number__isnull=False),
                name="decision_number",
            )
        ]
        indexes = [models.Index(fields=["election", "-journal"], name="decision_election")]
        triggers = append_only_triggers()


class Vote(models.Model):
    """How a member voted: `for`, `against` or `abstain`."""

    append_only: ClassVar[bool] = True

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, db_constraint=False)
    mandate = models.BigIntegerField()
    choice = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "mandate"], name="one_vote_each")]
        triggers = append_only_triggers()


class Dissent(models.Model):
    """A member's dissent in writing. `text` is empty where the member did not agree to its publication: then the vault
    alone holds it, under `subject`, and `digest` is the commitment to it; else the SHA-256 of the text."""

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, db_constraint=False)
    mandate = models.BigIntegerField()
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    subject = models.UUIDField(null=True)
    digest = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "mandate"], name="one_dissent_each")]
        triggers = append_only_triggers()


class Motion(models.Model):
    """A decision that somebody has prepared for a session: no official fact. What it orders lies in the vault under its
    id, since it may name persons, until it is decided or withdrawn. `created_at` is the real time, by which motions are put
    in order; `at` the time on the election's clock, which pages show (None: kept before there was such a time).
    """

    id = models.UUIDField(primary_key=True)
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, db_constraint=False)
    election = models.TextField(blank=True)
    title = models.TextField()
    text = models.TextField(blank=True)
    articles = ArrayField(models.TextField(), default=list)
    acts = ArrayField(models.TextField(), default=list)
    source = models.TextField(blank=True)
    created_at = models.DateTimeField()
    at = models.DateTimeField(null=True)
    decided = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["commission", "election"],
                condition=models.Q(decided__isnull=True),
                name="motion_waiting",
            )
        ]


class Application(models.Model):
    """Something that somebody asks of a commission. The payload lies in the vault under `id`; `public` is what anybody may
    know of it. `secret`: keyed digest of the code by which the applicant follows it; `sender`: the code of the
    organisation, `person` of anybody else; `person` where the applicant was signed in.
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True)
    number = models.TextField(unique=True)
    kind = models.TextField()
    election = models.TextField(blank=True)
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, db_constraint=False)
    sender = models.TextField()
    person = models.UUIDField(null=True)
    public = models.JSONField()
    secret = models.BinaryField()
    at = models.DateTimeField()
    journal = models.BigIntegerField(unique=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="application_person")]
        triggers = append_only_triggers()


class ApplicationEvent(models.Model):
    """What happened to an application, in order: two who act on it at once meet at its sequence.

    `until`: by when the next step is due. `commission`: who holds it from then on. `subject`: where the vault holds the words
    (of defects, of a reason), None where there are none. `article`, `reason`, `decision` belong to the answer.
    """

    append_only: ClassVar[bool] = True

    journal = models.BigIntegerField(primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, db_constraint=False)
    sequence = models.IntegerField()
    state = models.TextField()
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    commission = models.ForeignKey(Commission, on_delete=models.PROTECT, db_constraint=False)
    body = models.TextField()
    reason = models.TextField(blank=True)
    article = models.TextField(blank=True)
    decision = models.TextField(blank=True)
    subject = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "sequence"], name="event_sequence")]
        indexes = [models.Index(fields=["commission"], name="event_commission")]
        triggers = append_only_triggers()


class Letter(models.Model):
    """A letter or circular. Subject and text lie in the vault under `id`. It leaves for all at `released_at`."""

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True)
    body = models.TextField()
    election = models.TextField(blank=True)
    year = models.SmallIntegerField()
    number = models.IntegerField()
    circular = models.BooleanField()
    released_at = models.DateTimeField()
    reply_by = models.DateTimeField(null=True)
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_constraint=False)
    journal = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "body", "year", "number"], name="letter_number")
        ]
        triggers = append_only_triggers()


class LetterRecipient(models.Model):
    """A body to which a letter goes."""

    append_only: ClassVar[bool] = True

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, db_constraint=False)
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "body"], name="letter_recipient")]
        indexes = [models.Index(fields=["body"], name="recipient_body")]
        triggers = append_only_triggers()


class LetterReading(models.Model):
    """A letter reached a body (it stood in the list that somebody of it looked at), or was opened by somebody of it."""

    append_only: ClassVar[bool] = True

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, db_constraint=False)
    body = models.TextField()
    what = models.TextField()
    mandate = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "body", "what", "mandate"], name="letter_reading")
        ]
        indexes = [models.Index(fields=["body", "what", "letter"], name="reading_of_body")]
        triggers = append_only_triggers()
