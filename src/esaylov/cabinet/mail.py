"""E-mails about notices: what they say, and how one goes to the server (`mailserver`)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from esaylov.cabinet.mailserver import BREAKS, TIMEOUT, MailError, Server, parse, server
from esaylov.cabinet.models import Notice
from esaylov.cabinet.notices import mark_of, subject_of

__all__ = [
    "MailError",
    "Refused",
    "Server",
    "Uncertain",
    "address_header",
    "connected",
    "message",
    "parse",
    "send",
    "server",
]


class Refused(RuntimeError):
    """The server did not take an e-mail, surely. `lasting`: it never will."""

    def __init__(self, text: str, *, lasting: bool) -> None:
        super().__init__(text)
        self.lasting = lasting


class Uncertain(RuntimeError):
    """The connection broke while the server was taking an e-mail: it may have it."""


def one_line(text: str) -> str:
    """A text that fits into a header: no break of any kind."""
    return " ".join(BREAKS.sub(" ", text).split())


def message(notice: Notice, address: str, language: str, sender: str) -> EmailMessage:
    """The e-mail about a notice: that there is one, what about, and where. No parameter, no name, nothing personal beyond
    the greeting. In the account's language; in all five where it has named none.

    Raises ValueError for an address that is none.
    """
    codes = [code for code, _ in settings.LANGUAGES]
    chosen = [language] if language in codes else codes
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = address_header(address)
    with translation.override(chosen[0]):
        mark = mark_of(notice)
        about = f"{subject_of(notice.code)} ({mark})" if mark else subject_of(notice.code)
        made["Subject"] = one_line(f"esaylov: {about}")
    # The same for every attempt: a server that has it already can tell.
    made["Message-ID"] = f"<notice-{notice.pk}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n\n– – –\n\n".join(_text(notice, code) for code in chosen) + "\n")
    return made


def address_header(address: str) -> Address:
    """An address as a header takes it. Raises ValueError where it is none, or would be more than one line."""
    if BREAKS.search(address) or address.count("@") != 1:
        raise ValueError("not an e-mail address")
    return Address(addr_spec=address)


def _text(notice: Notice, code: str) -> str:
    with translation.override(code):
        lines = [
            gettext("Good day,"),
            "",
            f"{subject_of(notice.code)}.",
            *_marked(notice),
            gettext("Read it in your cabinet: %(url)s")
            % {"url": f"{settings.ESAYLOV_PUBLIC_URL}/{code}/cabinet/notices/"},
            "",
            gettext("This message was sent by a program; nobody reads answers to it."),
        ]
    return "\n".join(lines)


def _marked(notice: Notice) -> list[str]:
    mark = mark_of(notice)
    return (
        [gettext("It belongs to an election that is not official: %(mark)s.") % {"mark": mark}]
        if mark
        else []
    )


@contextmanager
def connected(to: Server) -> Iterator[smtplib.SMTP]:
    """A connection to the server, signed in. Raises Refused when it cannot be made: nothing was sent."""
    try:
        found = _connect(to)
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(one_line(str(error))[:200], lasting=False) from error
    try:
        yield found
    finally:
        with suppress(OSError, smtplib.SMTPException):
            found.quit()


def _connect(to: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if to.tls == "tls":
        found: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT, context=context)
    else:
        found = smtplib.SMTP(to.host, to.port, timeout=TIMEOUT)
    if to.tls == "starttls":
        found.starttls(context=context)
    if to.user:
        found.login(to.user, to.password)
    return found


def send(through: smtplib.SMTP, made: EmailMessage, sender: str, address: str) -> None:
    """Gives one e-mail to the server. Raises Refused when it surely did not take it, Uncertain when it may have."""
    try:
        through.ehlo_or_helo_if_needed()
        for code, answer in (through.mail(sender), through.rcpt(address)):
            if code not in (250, 251):
                with suppress(smtplib.SMTPException, OSError):
                    through.rset()
                raise Refused(f"{code} {answer!r}"[:200], lasting=500 <= code < 600)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Refused(one_line(str(error))[:200], lasting=False) from error
    try:
        code, answer = through.data(made.as_bytes())
    except smtplib.SMTPDataError as error:
        raise Refused(f"{error.smtp_code}", lasting=500 <= error.smtp_code < 600) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Uncertain(one_line(str(error))[:200]) from error
    if code != 250:
        raise Refused(f"{code} {answer!r}"[:200], lasting=500 <= code < 600)
