"""Notices to people, and the e-mails that tell of them. No official facts: losing them changes no election."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """A notice to a person: a code with parameters, put into words in the reader's language. Rows are added and marked as
    read, never changed otherwise.
    """

    person = models.UUIDField()
    code = models.TextField()
    params = models.JSONField(default=dict)
    url = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_person"),
            models.Index(fields=["person"], condition=models.Q(read_at__isnull=True), name="notice_unread"),
        ]


class Mail(models.Model):
    """An e-mail that tells of a notice. The address is looked up when it is sent, and kept nowhere here."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        NO_ADDRESS = "no-address"
        REFUSED = "refused"
        UNCERTAIN = "uncertain"

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, primary_key=True)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["waiting", "sending"]), name="mail_to_do"
            )
        ]
