"""The answer as a page: listed, removed or not found. All of a language are of one size and shape of work.

An answer is filled into texts that were rendered before (`fragments`). What it leaves of `ROOM` is filled with blanks in a
comment, so that whoever sees the encrypted traffic learns nothing of it. (It must not be compressed on its way: `no-transform`.)
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from esaylov.design.words import date_text, in_language, language, time_text
from esaylov.voters.access import LOOK_UP, OWN_ENTRY
from esaylov.voters.lookup.ahead import Ahead
from esaylov.voters.lookup.finding import Found, Precinct
from esaylov.voters.lookup.fragments import FIRST, LAST, Fragment, finished
from esaylov.voters.lookup.typed import Typed
from esaylov.voters.registers.state import known
from esaylov.voters.registers.words import Shown, public

ROOM = 8_192
"""Bytes for what differs between answers; an answer that needs more takes so many more."""
MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}"
HERE = "-0-"
EVERY = 1.0
"""Seconds between looks at how old the register's data are: the page says it in hours."""
FOLDER = "voters/lookup"


@dataclass(frozen=True)
class Of:
    """An election in words, for templates, and the two pieces that depend on whether an entry's precinct is one of its."""

    election: Ahead
    place: Fragment
    no_place: Fragment


class Texts:
    """Everything that answers in a language have in common, for these elections."""

    def __init__(self, elections: tuple[Ahead, ...]) -> None:
        request = HttpRequest()  # (nothing of whoever asks is kept with the texts)
        request.path = request.path_info = reverse("voter-lookup")
        common = {"form_url": reverse("voter-lookup"), "elections": elections, **ways(elections)}
        self.page = Fragment.of(f"{FOLDER}/answer.html", common | marks(elections), request)
        self.listed, self.going = (
            Fragment.of(f"{FOLDER}/_listed.html", common | {"going": going}) for going in (False, True)
        )
        self.leaving = Fragment.of(f"{FOLDER}/_leaving.html", common)
        self.removed = Fragment.of(f"{FOLDER}/_removed.html", common)
        self.missing = Fragment.of(f"{FOLDER}/_missing.html", common)
        self.map = Fragment.of(f"{FOLDER}/_map.html", common)
        self.looks = Fragment.of(f"{FOLDER}/_looks.html", common)
        self.elections = tuple(_of(one, alone=len(elections) == 1) for one in elections)
        self.zone = elections[0].zone if elections else UTC
        self.reasons = reasons()
        self.titles = {
            "listed": gettext("You are on the list"),
            "going": gettext("You are still on the list"),
            "removed": gettext("Removed from the list"),
            "missing": gettext("Not found on the list"),
        }
        self.withheld = gettext("The address is not published. Ask the commission.")
        self.unknown = gettext("No address is published yet.")
        self.never = _times(0)


def ways(elections: tuple[Ahead, ...]) -> dict[str, object]:
    """Where a voter may turn: the precincts' search, and requests where this site takes them."""
    nearest = elections[0] if elections else None
    changing = nearest if nearest and not nearest.over else None
    return {
        "search_url": _url("election-search", nearest.id) if nearest else "",
        "request_url": _url("voter-request") if changing else "",
        "objection_url": _objection(),
        "nearest": nearest,
        "changes": changing.changes if changing else None,
        "closed": changing.closed if changing else False,
        "hours": nearest.answer_hours if nearest else 24,
        "age": nearest.age if nearest else 18,
    }


def _objection() -> str:
    """Where somebody objects to a removal."""
    page = _url("voter-request")
    return f"{page}?kind=objection" if page else ""


def marks(elections: tuple[Ahead, ...]) -> dict[str, object]:
    """What the mark above the page says."""
    return {name: any(getattr(one, name) for one in elections) for name in ("simulated", "replay", "pilot")}


def _clock(elections: tuple[Ahead, ...]) -> datetime | None:
    """What the nearest election's set clock shows: the age of data is told by it."""
    return elections[0].clock if elections else None


def _url(name: str, *parts: str) -> str:
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""


def _of(election: Ahead, *, alone: bool) -> Of:
    """`alone`: the page speaks of no other."""
    code = f"{FIRST}code{LAST}"
    values = {
        "one": election,
        "title": in_language(dict(election.titles), election.id),
        "where": in_language(dict(election.where)),
        "alone": alone,
        "election_url": _url("election", election.id),
        "precinct_url": _url("precinct", election.id, HERE).replace(HERE, code),
        "commission_url": _url("commission", election.id, f"pec:{HERE}").replace(HERE, code),
    }
    return Of(
        election,
        Fragment.of(f"{FOLDER}/_place.html", values),
        Fragment.of(f"{FOLDER}/_no_place.html", values),
    )


class Ready:
    """The texts in a language as long as they hold: for these elections, and with what the register's data say."""

    def __init__(self, elections: tuple[Ahead, ...], register: Shown | None) -> None:
        self.elections, self.register = elections, register
        self.texts = Texts(elections)
        self.read, self.looked = known(), time.monotonic()

    def hold(self, elections: tuple[Ahead, ...]) -> bool:
        """Whether they still do; how old the data are is asked each second at most."""
        if elections is not self.elections and elections != self.elections:
            return False
        read, now = known(), time.monotonic()
        if read is not self.read or now - self.looked > EVERY:
            if public(_clock(elections)) != self.register:
                return False
            self.read, self.looked = read, now
        return True


ready: dict[str, Ready] = {}
"""By language."""


def _texts(elections: tuple[Ahead, ...]) -> Texts:
    """(Two threads may make the same at once: either's will do.)"""
    found = ready.get(code := language())
    if found is None or not found.hold(elections):
        found = ready[code] = Ready(elections, public(_clock(elections)))
    return found.texts


def answer_page(typed: Typed, found: Found, elections: tuple[Ahead, ...]) -> bytes:
    """The page that answers, of the same size for every answer in a language."""
    texts = _texts(elections)
    values = {"document": typed.number, "born": "", "birth_date": ""}
    if typed.born:
        values |= {"born": date_text(typed.born), "birth_date": typed.born.isoformat()}
    title, content = _content(texts, found, values)
    room = -len(f"{title}{content}".encode()) % ROOM
    padding = SafeString(" " * room)
    return texts.page.filled({"title": title, "content": content, "padding": padding}).encode()


@dataclass(frozen=True, slots=True)
class Own:
    """The same facts for a page of the person's own: as finished pieces and texts."""

    title: str
    places: SafeString
    leaving: SafeString
    day: str
    reason: str


def own_answer(found: Found, elections: tuple[Ahead, ...]) -> Own:
    """What the answer says of an entry."""
    texts = _texts(elections)
    return Own(
        title=texts.titles[_kind(found)],
        places=_places(texts, found.precinct),
        leaving=_leaving(texts, found),
        **_removal(texts, found),
    )


def _content(texts: Texts, found: Found, values: dict[str, str]) -> tuple[SafeString, SafeString]:
    """Title and content. (Every kind is filled: the same work whichever is shown.)"""
    looks = texts.looks.filled(_looks(texts, found.looks))
    known = values | {"looks": finished(looks)}
    kinds = {
        "going" if found.leaves else "listed": (texts.going if found.leaves else texts.listed).filled(
            known | {"places": _places(texts, found.precinct), "leaving": _leaving(texts, found)}
        ),
        "removed": texts.removed.filled(known | _removal(texts, found)),
        "missing": texts.missing.filled(known),
    }
    kind = _kind(found)
    return finished(texts.titles[kind]), finished(kinds[kind])


def _kind(found: Found) -> str:
    if found.removed is not None:
        return "removed"
    if not found.voter:
        return "missing"
    return "going" if found.leaves else "listed"


def _places(texts: Texts, precinct: Precinct | None) -> SafeString:
    """A piece for each election: the one whose precinct is known first, what is over last."""
    if precinct is None:
        return finished(*(one.no_place.filled({}) for one in texts.elections))
    values = {
        "number": precinct.number or precinct.code,
        "code": quote(precinct.code, safe=""),
        "address": (precinct.address or texts.unknown) if precinct.public else texts.withheld,
        "map": _map(texts.map, precinct),
    }
    own = [one.place.filled(values) for one in texts.elections if one.election.id == precinct.election]
    others = [one.no_place.filled({}) for one in texts.elections if one.election.id != precinct.election]
    past = any(one.election.over for one in texts.elections if one.election.id == precinct.election)
    return finished(*(others + own if past else own + others))


def _map(fragment: Fragment, precinct: Precinct) -> SafeString:
    """A link to the place; nothing where it is withheld, or not known."""
    try:
        latitude, longitude = Decimal(precinct.latitude), Decimal(precinct.longitude)
    except InvalidOperation:
        return finished()
    if not precinct.public or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return finished()
    return finished(fragment.filled({"url": MAP.format(f"{latitude:f}", f"{longitude:f}")}))


def _leaving(texts: Texts, found: Found) -> SafeString:
    """That the entry is to leave the list; nothing where it is not. (It is filled in either way.)"""
    day = time_text(found.leaves.astimezone(texts.zone)) if found.leaves else ""
    said = texts.leaving.filled({"day": day, "reason": _reason(texts, found)})
    return finished(said) if found.leaves else finished()


def _reason(texts: Texts, found: Found) -> str:
    return texts.reasons.get(found.reason) or texts.reasons[""]


def _removal(texts: Texts, found: Found) -> dict[str, str]:
    day = date_text(found.removed.astimezone(texts.zone)) if found.removed else ""
    return {"day": day, "reason": _reason(texts, found)}


def reasons() -> dict[str, str]:
    """Why an entry was taken out of the list, in words; "" for reasons of which nothing is known here."""
    return {
        "died": gettext("The register says that this person has died."),
        "left": gettext("The register says that this person has left the country for good."),
        "citizenship": gettext("The register says that this person is no longer a citizen."),
        "incapable": gettext("The register says that a court declared this person incapable."),
        "imprisoned": gettext(
            "The register says that this person serves a sentence that suspends the right to vote."
        ),
        "gone": gettext("The register no longer has this person."),
        "duplicate": gettext("This person stood in the list twice; the other entry stays."),
        "reversed": gettext("The changes by which this entry came into the list are taken back."),
        "": gettext("The commission will tell you the reason."),
    }


def _times(times: int) -> str:
    return ngettext("%(times)d time", "%(times)d times", times) % {"times": times}


def _looks(texts: Texts, looks: Mapping[str, int]) -> dict[str, str]:
    """How often somebody looked at the record before, in words. (That its voter did, signed in, stands on the own page alone:
    it is no official's look, and nobody else's business.)
    """
    if not looks:
        return {"here": texts.never, "officials": texts.never}
    here = looks.get(LOOK_UP, 0)
    others = {purpose: times for purpose, times in looks.items() if purpose not in (LOOK_UP, OWN_ENTRY)}
    officials = sum(others.values())
    by_purpose = "; ".join(f"{purpose_text(purpose)}: {times}" for purpose, times in sorted(others.items()))
    return {
        "here": _times(here),
        "officials": _times(officials) + (f" ({by_purpose})" if by_purpose else ""),
    }


def purpose_text(purpose: str) -> str:
    """Why somebody looked at a record, in words."""
    texts = {
        LOOK_UP: gettext("public look-up"),
        "precinct list": gettext("list of the precinct"),
        "request": gettext("a voter's request"),
        "inspection": gettext("inspection of the list"),
        "linkage": gettext("search for double entries"),
        "freeze": gettext("freeze of the voter list"),
        "pair review": gettext("decision about double entries"),
        OWN_ENTRY: gettext("own entry"),
        "special list": gettext("list of a hospital, military unit, place of detention or precinct abroad"),
        "gathering": gettext("granted requests entered into the list"),
    }
    return texts.get(purpose, purpose)
