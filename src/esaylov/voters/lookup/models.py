"""Who looked at an entry of the list."""

from typing import ClassVar

from django.db import models

from esaylov.acts.models import append_only_triggers


class Access(models.Model):
    """Looks at a voter's record: `times` of them within the hour that begins `at`. `body` and `person`: who looked, both
    empty for the public look-up; `purpose`: as the custodian was told (`custody.protocol.PURPOSES`).
    """

    append_only: ClassVar[bool] = True

    at = models.DateTimeField()
    voter = models.BigIntegerField()
    body = models.TextField(blank=True)
    person = models.UUIDField(null=True)
    purpose = models.TextField()
    times = models.IntegerField(default=1)

    class Meta:
        db_table = "voters_access"
        indexes = [models.Index(fields=["voter"], name="voter_access")]
        triggers = append_only_triggers()
