"""How pages write a voter whose record was opened, and why one cannot be opened now."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from esaylov.custody.client import CustodianDown, Throttled
from esaylov.custody.keyring import KeyringError

Record = Mapping[str, str]
CLOSED = (CustodianDown, Throttled, KeyringError)
"""What opening records raises where they cannot be opened now."""


def name_of(record: Record) -> str:
    """Surname, given name and patronymic, as far as the record has them."""
    parts = (record.get(name, "") for name in ("surname", "given_name", "patronymic"))
    return " ".join(part for part in parts if part)


def address_of(record: Record, mahalla: str = "") -> str:
    """Mahalla, street, house and flat, as far as they are known."""
    parts = (mahalla, *(record.get(name, "") for name in ("street", "house", "flat")))
    return ", ".join(part for part in parts if part)


def why_closed(error: Exception) -> str:
    """What a page says of one of CLOSED."""
    if isinstance(error, Throttled):
        return gettext(
            "Very many records were opened lately: no more can be opened at this moment. Try again later."
        )
    return gettext(
        "The records cannot be opened now: the custodian of the keys does not answer. Try again later."
    )
