"""Who is to leave the list and is told so before it happens."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class Notice(models.Model):
    """An entry that a changeset removes for a reason of which its voter is told. Written when the changeset is compared; it tells
    nobody anything before its `NoticePeriod` began.
    """

    changeset = models.BigIntegerField()
    voter = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        db_table = "voters_notice"
        constraints = [models.UniqueConstraint(fields=["voter", "changeset"], name="notice_once")]
        indexes = [models.Index(fields=["changeset"], name="notice_of_changeset")]


class NoticePeriod(models.Model):
    """The approval of a changeset (`journal`) began the notice of those whom it removes: from `begins`; it is not applied before
    `ends`. `notices`: how many voters; `told`: how many of them by this approval, for the others were told by an earlier one
    whose changeset never went into the list: the time for which that notice stood counts.
    """

    append_only: ClassVar[bool] = True

    changeset = models.BigIntegerField(primary_key=True)
    journal = models.BigIntegerField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    notices = models.BigIntegerField()
    told = models.BigIntegerField()

    class Meta:
        db_table = "voters_noticeperiod"
        triggers = append_only_triggers()


class Told(models.Model):
    """A member of the precinct's commission (`mandate`) told a voter on a day that a changeset is to remove the entry."""

    append_only: ClassVar[bool] = True

    changeset = models.BigIntegerField()
    voter = models.BigIntegerField()
    precinct = models.ForeignKey("registry.Precinct", on_delete=models.PROTECT)
    day = models.DateField()
    mandate = models.BigIntegerField()
    journal = models.BigIntegerField()

    class Meta:
        db_table = "voters_told"
        constraints = [models.UniqueConstraint(fields=["changeset", "voter"], name="told_once")]
        triggers = append_only_triggers()
