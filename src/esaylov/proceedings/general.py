"""The kind `general`: an enquiry, statement or complaint to a commission (Art. 26, 101)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field

from esaylov.proceedings.kinds import Kind, register

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]


class General(BaseModel):
    """What somebody writes to a commission, and how they are reached."""

    model_config = ConfigDict(extra="forbid")
    sort: Literal["enquiry", "statement", "complaint"]
    name: Line
    contact: Line
    subject: Line
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


def summary(payload: Any) -> dict[str, str]:
    """Anybody may know of which sort it is, nothing else."""
    return {"sort": payload.sort}


SORTS = {
    "enquiry": gettext_lazy("an enquiry"),
    "statement": gettext_lazy("a statement"),
    "complaint": gettext_lazy("a complaint"),
}

GENERAL = Kind(
    code="general",
    title=gettext_lazy("Enquiry, statement or complaint"),
    payload=General,
    to=frozenset({"cec", "territorial", "district", "okrug", "precinct"}),
    summary=summary,
    articles=("26", "101"),
    fields={
        "sort": gettext_lazy("What it is"),
        "name": gettext_lazy("Name of who writes"),
        "contact": gettext_lazy("How you can be reached"),
        "subject": gettext_lazy("Subject"),
        "text": gettext_lazy("What you ask or state"),
    },
    choices={"sort": SORTS},
    open_form=True,
)
register(GENERAL)
