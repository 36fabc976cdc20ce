"""The loop that sends the e-mails of the outbox. None is sent twice: an e-mail is marked before the server gets it, and one
whose fate is not known (the connection broke, the process was killed) is not sent again; its notice stays in the cabinet.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from smtplib import SMTP

from django.db import connection

from esaylov.cabinet import mail
from esaylov.cabinet.models import Mail, Notice
from esaylov.registry.accounts.queries import address_of_person

logger = logging.getLogger(__name__)

TICK = 1.0
BATCH = 20
ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
LOST_AFTER = timedelta(minutes=30)

CLAIM = """UPDATE cabinet_mail SET state = 'sending', attempts = attempts + 1, changed_at = %(now)s
WHERE notice_id IN (SELECT notice_id FROM cabinet_mail WHERE state = 'waiting' AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED) RETURNING notice_id"""


def run_forever(stop: Callable[[], bool]) -> None:
    """Sends what is due until `stop()`. Without a server it only waits."""
    while not stop():
        if not run_once(stop):
            time.sleep(TICK)


def run_once(stop: Callable[[], bool] = lambda: False) -> int:
    """Sends the e-mails that are due now; returns how many were taken in hand."""
    try:
        to = mail.server()
    except mail.MailError as error:
        logger.error("%s", error)
        return 0
    if to is None:
        return 0
    give_up_lost()
    claimed = claim(BATCH)
    if claimed:
        _deliver(to, claimed, stop)
    return len(claimed)


def claim(limit: int) -> list[int]:
    """Marks e-mails that are due as being sent, and commits: whoever dies after this never sends them twice."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": datetime.now(UTC), "limit": limit})
        return [number for (number,) in cursor.fetchall()]


def give_up_lost() -> None:
    """E-mails that a process took in hand and never finished: their fate is not known."""
    Mail.objects.filter(state=Mail.State.SENDING, changed_at__lt=datetime.now(UTC) - LOST_AFTER).update(
        state=Mail.State.UNCERTAIN, changed_at=datetime.now(UTC)
    )


def _deliver(to: mail.Server, claimed: Sequence[int], stop: Callable[[], bool]) -> None:
    notices = list(Notice.objects.filter(pk__in=claimed).order_by("pk"))
    try:
        with mail.connected(to) as through:
            for position, notice in enumerate(notices):
                if stop():
                    put_back([one.pk for one in notices[position:]])
                    return
                _deliver_one(to, through, notice)
    except mail.Refused as error:
        logger.warning("the mail server cannot be reached: %s", error)
        open_ = Mail.objects.filter(pk__in=claimed, state=Mail.State.SENDING).values_list("pk", flat=True)
        for number in list(open_):
            again(number, str(error))


def _deliver_one(to: mail.Server, through: SMTP, notice: Notice) -> None:
    found = address_of_person(notice.person)
    if found is None:
        finish(notice.pk, Mail.State.NO_ADDRESS)
        return
    address, language = found
    try:
        mail.send(through, mail.message(notice, address, language, to.sender), to.sender, address)
    except ValueError as error:
        finish(notice.pk, Mail.State.REFUSED, str(error))
    except mail.Refused as error:
        if error.lasting:
            finish(notice.pk, Mail.State.REFUSED, str(error))
        else:
            again(notice.pk, str(error))
    except mail.Uncertain as error:
        finish(notice.pk, Mail.State.UNCERTAIN, str(error))
    else:
        finish(notice.pk, Mail.State.SENT)


def finish(number: int, state: Mail.State, error: str = "") -> None:
    """An e-mail's last state."""
    Mail.objects.filter(pk=number).update(state=state, error=error, changed_at=datetime.now(UTC))


def put_back(numbers: Sequence[int]) -> None:
    """E-mails that were claimed and not begun."""
    Mail.objects.filter(pk__in=numbers, state=Mail.State.SENDING).update(state=Mail.State.WAITING)


def again(number: int, error: str) -> None:
    """Tries an e-mail again later: after half a minute, then twice as long each time; gives up in the end."""
    row = Mail.objects.get(pk=number)
    if row.attempts >= ATTEMPTS:
        finish(number, Mail.State.REFUSED, error)
        return
    now = datetime.now(UTC)
    pause = min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
    Mail.objects.filter(pk=number).update(
        state=Mail.State.WAITING, due_at=now + pause, error=error, changed_at=now
    )
