"""Kinds, fields, reasons and clocks of requests in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

KINDS: dict[str, Any] = {
    "correction": pgettext_lazy("kind of request", "Something in my entry is wrong"),
    "inclusion": pgettext_lazy("kind of request", "I am missing from the list"),
    "precinct": pgettext_lazy("kind of request", "I belong to another precinct"),
    "objection": pgettext_lazy("kind of request", "I object to my removal from the list"),
    "early": pgettext_lazy("kind of request", "I want to vote early"),
    "home": pgettext_lazy("kind of request", "I want to vote at home"),
    "abroad": pgettext_lazy("kind of request", "I will vote abroad"),
}
SHORT: dict[str, Any] = {
    "correction": pgettext_lazy("request of a voter", "correction"),
    "inclusion": pgettext_lazy("request of a voter", "inclusion"),
    "precinct": pgettext_lazy("request of a voter", "another precinct"),
    "objection": pgettext_lazy("request of a voter", "objection to a removal"),
    "early": pgettext_lazy("request of a voter", "early voting"),
    "home": pgettext_lazy("request of a voter", "visit at home"),
    "abroad": pgettext_lazy("request of a voter", "inclusion abroad"),
}
LEADS: dict[str, Any] = {
    "correction": gettext_lazy(
        "A name, a birth date, a document number or an address that is wrong in the list."
    ),
    "inclusion": gettext_lazy("You are a citizen and of age, and the look-up does not find you."),
    "precinct": gettext_lazy(
        "Only where the address in the list is not the one where you live or stay registered."
    ),
    "objection": gettext_lazy("You were removed from the list, or are to be removed, and that is wrong."),
    "early": gettext_lazy("You are away on election day and can vote in the days before it."),
    "home": gettext_lazy("Health or another reason keeps you from coming to the polling station."),
    "abroad": gettext_lazy("You are in another country and want to vote at a mission there."),
}
FIELDS: dict[str, Any] = {
    "document": gettext_lazy("Document"),
    "birth_date": gettext_lazy("Birth date"),
    "contact": gettext_lazy("Telephone"),
    "wrong": gettext_lazy("What is wrong"),
    "right": gettext_lazy("What is right"),
    "reason": gettext_lazy("Reason"),
    "pinfl": gettext_lazy("PINFL"),
    "surname": gettext_lazy("Surname"),
    "given_name": gettext_lazy("Given name"),
    "patronymic": gettext_lazy("Patronymic"),
    "sex": gettext_lazy("Sex"),
    "mahalla": gettext_lazy("Mahalla"),
    "street": gettext_lazy("Street"),
    "house": gettext_lazy("House"),
    "flat": gettext_lazy("Flat"),
    "wished": gettext_lazy("Precinct wished"),
    "day": gettext_lazy("Day"),
    "time": gettext_lazy("Time of day"),
}
SEXES: dict[str, Any] = {"f": gettext_lazy("female"), "m": gettext_lazy("male")}
REASONS: dict[str, Any] = {
    "not-proven": pgettext_lazy("reason of a refusal", "what is said is not proven by papers"),
    "not-entitled": pgettext_lazy("reason of a refusal", "this person has no right to vote in this election"),
    "list-is-right": pgettext_lazy("reason of a refusal", "the list is right as it is"),
    "no-disagreement": pgettext_lazy("reason of a refusal", "list and address agree"),
    "no-ground": pgettext_lazy("reason of a refusal", "the reason given is none that the law knows"),
    "not-ours": pgettext_lazy("reason of a refusal", "another commission has to decide it"),
    "too-late": pgettext_lazy("reason of a refusal", "the time for it is over"),
}
VERDICTS: dict[str, Any] = {
    "granted": pgettext_lazy("verdict on a request", "granted"),
    "refused": pgettext_lazy("verdict on a request", "refused"),
    "withdrawn": pgettext_lazy("verdict on a request", "withdrawn by the voter"),
}
ARTICLES = {
    "correction": "29", "inclusion": "27, 29", "precinct": "29", "objection": "29, 30", "early": "57", "home": "56",
    "abroad": "27¹",
}  # fmt: skip


def reason_text(code: str) -> str:
    """A reason of a refusal; one that the platform has no words for by its code."""
    return str(REASONS.get(code, code))


def left_text(due: datetime, now: datetime) -> str:
    """How much of the clock is left, or since when it has run out."""
    left = due - now
    if left < timedelta(0):
        hours = int(-left / timedelta(hours=1))
        if hours == 0:
            return gettext("overdue by less than an hour")
        return ngettext("overdue by %(hours)d hour", "overdue by %(hours)d hours", hours) % {"hours": hours}
    if left < timedelta(hours=1):
        minutes = ceil(left / timedelta(minutes=1))
        return ngettext("%(minutes)d minute left", "%(minutes)d minutes left", minutes) % {"minutes": minutes}
    hours = int(left / timedelta(hours=1))
    return ngettext("%(hours)d hour left", "%(hours)d hours left", hours) % {"hours": hours}
