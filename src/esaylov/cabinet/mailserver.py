"""The server that takes the site's e-mails, by its address in `ESAYLOV_EMAIL_URL`. Read by Django's settings too: no models here.

    smtp://user:password@mail.example:587?from=noreply@example.org    with STARTTLS
    smtps://user:password@mail.example:465?from=…                     with TLS from the start
    smtp://127.0.0.1:25?from=…&tls=none                               a server on this machine

Without it nothing is sent: notices stay in the cabinet, and its page says so.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029\0]+")
PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT = 20.0


class MailError(ValueError):
    """ESAYLOV_EMAIL_URL cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server and the address that e-mails come from."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: str


def server() -> Server | None:
    """The server that the environment names, None for none. Raises MailError."""
    url = os.environ.get("ESAYLOV_EMAIL_URL", "").strip()
    return parse(url) if url else None


def parse(url: str) -> Server:
    """A server by its address. Raises MailError."""
    parts = urlsplit(url)
    given = parse_qs(parts.query)
    sender = given.get("from", [""])[0]
    if parts.scheme not in PORTS or not parts.hostname:
        raise MailError("ESAYLOV_EMAIL_URL must be smtp://… or smtps://… with a host")
    if "@" not in sender or BREAKS.search(sender):
        raise MailError(
            "ESAYLOV_EMAIL_URL must name the address that e-mails come from: ?from=name@example.org"
        )
    tls = "tls" if parts.scheme == "smtps" else given.get("tls", ["starttls"])[0]
    if tls not in ("tls", "starttls", "none"):
        raise MailError("tls in ESAYLOV_EMAIL_URL must be starttls or none")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, parts.port or PORTS[parts.scheme], user, password, sender, tls)


def django_settings() -> dict[str, Any]:
    """Django's own settings for e-mail (sign-in tells of recoveries through it). Without a server it sends nothing.

    Raises MailError.
    """
    found = server()
    if found is None:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": found.host,
        "EMAIL_PORT": found.port,
        "EMAIL_HOST_USER": found.user,
        "EMAIL_HOST_PASSWORD": found.password,
        "EMAIL_USE_TLS": found.tls == "starttls",
        "EMAIL_USE_SSL": found.tls == "tls",
        "EMAIL_TIMEOUT": TIMEOUT,
        "DEFAULT_FROM_EMAIL": found.sender,
    }
