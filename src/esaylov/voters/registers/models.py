"""What is known of the registers themselves."""

from django.db import models


class RegisterState(models.Model):
    """A register as its adapter found it last. `asked_since`: since when it is asked at all; `answered_at`: when it last handed
    over what was asked, or had nothing new; `down_since`: since when it fails, None while it does not; `error`: why
    (`contract.CODES`); `silent_hours`: after so many hours without an answer it counts as silent.
    """

    register = models.TextField(primary_key=True)
    asked_since = models.DateTimeField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    down_since = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    silent_hours = models.FloatField()
