"""What the record of a voter that the custodian seals consists of."""

from __future__ import annotations

RECORD = (
    "pinfl",
    "document",
    "surname",
    "given_name",
    "patronymic",
    "birth_date",
    "sex",
    "street",
    "house",
    "flat",
)
"""The keys of a sealed record, in their order."""
