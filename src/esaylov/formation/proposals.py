"""Proposals of members: an application of the kind `member-proposal`, sent by a mahalla body, an NGO or an employer (Art. 23).

It goes the way of every application (`proceedings`): submitted with a receipt, checked, returned with defects, decided. Who is
granted comes into the commission by the act that changes its composition.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field

from esaylov.proceedings.kinds import Kind, register

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]


class Proposal(BaseModel):
    """Somebody proposed for a precinct commission."""

    model_config = ConfigDict(extra="forbid")
    commission: Annotated[str, Field(pattern=r"^(pec|dcec|dec|tec):[^\s/?#%]{1,90}$")]
    proposed_by: Literal["mahalla", "ngo", "employer", "kengash"]
    pinfl: Annotated[str, Field(pattern=r"^[0-9]{14}$")]
    surname: Line
    given_name: Line
    patronymic: Annotated[str, Field(max_length=200)] = ""
    birth_date: date
    education: Literal["", "basic", "secondary", "higher"] = ""
    employer: Annotated[str, Field(max_length=300)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    grounds: list[Annotated[str, Field(max_length=60)]] = Field(default_factory=list, max_length=20)


def summary(payload: Any) -> Mapping[str, Any]:
    """Anybody may know for which commission, and by what kind of body."""
    return {"commission": payload.commission, "by": payload.proposed_by}


PROPOSAL = Kind(
    code="member-proposal",
    title=gettext_lazy("Proposal of a commission's member"),
    payload=Proposal,
    to=frozenset({"cec", "territorial"}),
    summary=summary,
    articles=("23", "25"),
    senders=frozenset({"organisation"}),
    repair_page="cabinet-proposal-repair",
    fields={
        "commission": gettext_lazy("For which commission"),
        "proposed_by": gettext_lazy("Kind of the proposing body"),
        "pinfl": gettext_lazy("Personal number (PINFL)"),
        "surname": gettext_lazy("Surname"),
        "given_name": gettext_lazy("Given name"),
        "patronymic": gettext_lazy("Patronymic"),
        "birth_date": gettext_lazy("Date of birth"),
        "education": gettext_lazy("Education"),
        "employer": gettext_lazy("Employer"),
        "phone": gettext_lazy("Telephone"),
        "grounds": gettext_lazy("Declared against the person"),
    },
)
register(PROPOSAL)
