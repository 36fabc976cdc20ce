"""The night's decisions that commissions take in session: the Central Commission's, and those of the district whose member may
sign in. What the other districts decide is entered by their machines, as from sessions on paper.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from esaylov.demo.history import CENTRE, DISTRICT, SAID
from esaylov.demo.sittings import Question, Unheld, hold, members, taken
from esaylov.elections.queries import set_clock
from esaylov.formation.simulated import MARK
from esaylov.operations.loading import CONTEST_ACTS, Event, wait_for_opening

logger = logging.getLogger(__name__)

SITTING = frozenset({CENTRE, DISTRICT})
ACCEPT, RETURN, ANNUL, CERTIFY = (
    "results.accept_protocol",
    "results.return_protocol",
    "results.annul_precinct",
    "results.certify",
)
WORDS = {
    ACCEPT: ("Uchastka bayonnomalarini qabul qilish toʻgʻrisida", "On accepting protocols of precincts", "95"),
    RETURN: ("Bayonnomani qaytarish toʻgʻrisida", "On returning a protocol", "95"),
    ANNUL: ("Uchastkadagi natijalarni haqiqiy emas deb topish toʻgʻrisida", "On annulling the results of a precinct", "96"),
    CERTIFY: ("Saylov natijalarini tasdiqlash toʻgʻrisida", "On certifying results", "97"),
}  # fmt: skip
PUBLIC = (
    "Saylovchilarning ovozi bir buzilish tufayli yoʻqolmasligi kerak: qutilarni qayta ochish yetarli edi. / Voters should not"
    f" lose their votes over one breach: to open the boxes again would have been enough. ({MARK})"
)
PRIVATE = f"Xorijdagi uchastkalar kech qabul qilindi. / Precincts abroad were accepted late. ({MARK})"


def part(events: Iterable[Event]) -> tuple[list[Event], list[list[Event]]]:
    """The events that are performed as they are, and those of each decision that is taken in session, in the order of time."""
    plain: list[Event] = []
    ruled: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        number = getattr(event.payload, "decision", None)
        if event.body in SITTING and number:
            ruled.setdefault((event.body, number), []).append(event)
        else:
            plain.append(event)
    return plain, sorted(ruled.values(), key=lambda group: group[0].at)


def rule(election: str, events: Sequence[Event]) -> bool:
    """Holds the session that takes the decision which these events name; whether it was held, now or before."""
    first = events[0]
    number: str = first.payload.decision
    if taken(election, first.body, number):
        return True
    if not members(election, first.body):
        return False
    if first.act in CONTEST_ACTS:
        set_clock(election, first.at)
        wait_for_opening(election)
    try:
        hold(election, first.body, first.at, [question(number, events)], absent=first.body != CENTRE)
    except Unheld as refused:
        logger.error("no session: %s", refused)
        return False
    return True


def question(number: str, events: Sequence[Event]) -> Question:
    """What the session votes on: it orders the acts that the events are."""
    code = events[0].act.code
    uzbek, english, article = WORDS[code]
    said = ", ".join(_about(event.payload) for event in events)
    text = f"{uzbek}: {said}.\n\n{english}: {said}.\n\n{SAID}"
    listed = any(getattr(event.payload, "contest", None) == "list" for event in events)
    dissents: tuple[tuple[str, bool], ...] = ()
    if code == ANNUL:
        dissents = ((PUBLIC, True),)
    elif code == CERTIFY and listed:
        dissents = ((PRIVATE, False),)
    orders = tuple((event.act.code, _ordered(event.payload)) for event in events)
    return Question(
        f"{uzbek} / {english}", text, number, (article,), orders, against=len(dissents), dissents=dissents
    )


def _about(payload: Any) -> str:
    """A payload's precinct and contest in short."""
    names = (getattr(payload, "precinct", None), getattr(payload, "contest", None))
    return " ".join(name for name in names if name)


def _ordered(payload: Any) -> dict[str, Any]:
    said: dict[str, Any] = payload.model_dump(mode="json", exclude_none=True)
    said.pop("decision")
    return said
