"""What all pages of an election share: the words for states and kinds, addresses, the frame around the
content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from esaylov.design.words import in_language, time_text
from esaylov.elections.queries import day_of
from esaylov.exchange.commissions import PREFIX, TIER_OF_KIND
from esaylov.publication.codes.codes import code_at
from esaylov.publication.reads import Place, places
from esaylov.registry.queries import commission_by_code
from esaylov.results.queries import SignedHead, Snapshot

NATIONWIDE = ("list", "president", "referendum")
"""Kinds of contests that make an election's headline, in this order."""


@dataclass(frozen=True, slots=True)
class Link:
    """A text and the address that it leads to; without an address it is where the reader is."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The state of a figure in words: `code` for the style, `text` the word, `meaning` one sentence."""

    code: str
    text: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of an election: titles, marks, the way up, the source of the figures. `as_of`
    is the time of the last act in the figures, by the election's own clock; `live_url` says the current tree size,
    `code` is the short code of the last entry.
    """

    election: str
    title: str
    url: str
    date: datetime
    simulated: bool
    pilot: bool
    replay: bool
    release: str
    size: int
    head: SignedHead | None
    signed_at: datetime | None
    as_of: datetime | None
    code: str
    live_url: str
    crumbs: tuple[Link, ...]

    @property
    def way(self) -> tuple[Link, ...]:
        """Breadcrumbs with the election before them; none on its own page. The last one is where the reader is."""
        if not self.crumbs:
            return ()
        return (Link(self.title, self.url), *self.crumbs[:-1], Link(self.crumbs[-1].text))

    @property
    def simulation(self) -> State | None:
        """The tag that stands beside every answer where figures are invented or shown again."""
        if self.simulated:
            meaning = gettext("All figures of this election are invented.")
            return State("simulated", pgettext("state", "simulated"), meaning)
        if self.pilot:
            meaning = gettext("This election is a trial beside the official one and has no legal force.")
            return State("pilot", pgettext("state", "pilot"), meaning)
        if self.replay:
            meaning = gettext("Figures of a past election are shown again, as a test.")
            return State("replay", pgettext("state", "replay"), meaning)
        return None


def frame(at: Snapshot, *crumbs: Link) -> Frame:
    """The frame of a page; `crumbs` lead from the election down to the page itself."""
    election, head = at.election, at.head
    as_of = at.as_of or (head.signed_at if head else None)
    return Frame(
        election=election.id,
        title=in_language(election.titles, election.id),
        url=election_url(at),
        date=day_of(election),
        simulated=election.simulated,
        pilot=election.pilot,
        replay=election.replay,
        release=release_sentence(at),
        size=at.size,
        head=head,
        signed_at=head.signed_at.astimezone(at.zone) if head else None,
        as_of=as_of.astimezone(at.zone) if as_of else None,
        code=code_at(at),
        live_url=f"/open/elections/{election.id}/live.json",
        crumbs=crumbs,
    )


def precinct_words(number: str) -> str:
    """A precinct by its number, or by its id where it has none."""
    return gettext("Precinct %(number)s") % {"number": number}


def release_sentence(at: Snapshot) -> str:
    """Before when no result is public; empty where the edition names no time."""
    if at.election.release is None:
        return ""
    time = time_text(at.election.release.astimezone(at.zone))
    return gettext("No result is public before %(time)s.") % {"time": time}


# --- addresses ---


def election_url(at: Snapshot) -> str:
    """The election's national page."""
    return reverse("election", args=[at.election.id])


def contest_url(at: Snapshot, contest: str) -> str:
    """A contest's page."""
    return reverse("contest", args=[at.election.id, contest])


def territory_url(at: Snapshot, territory: str) -> str:
    """A territory's page."""
    return reverse("territory", args=[at.election.id, territory])


def precinct_url(at: Snapshot, precinct: str) -> str:
    """A precinct's page."""
    return reverse("precinct", args=[at.election.id, precinct])


def precinct_commission_url(at: Snapshot, precinct: str) -> str:
    """The page of a precinct's commission."""
    return reverse("commission", args=[at.election.id, f"pec:{precinct}"])


def commission_url(at: Snapshot, place: Place) -> str:
    """The page of a territory's commission; empty where it has none (most constituencies)."""
    tier = TIER_OF_KIND.get(place.kind, "district")
    code = tier if tier == "cec" else f"{PREFIX[tier]}:{place.code}"
    if tier == "okrug" and commission_by_code(at.election.id, code) is None:
        return ""
    return reverse("commission", args=[at.election.id, code])


def open_data_url(at: Snapshot, *part: str) -> str:
    """The address of a table as CSV."""
    return f"/open/elections/{at.election.id}/{'/'.join(part)}.csv"


def protocol_url(at: Snapshot, precinct: str, contest: str) -> str:
    """The page of a place's protocol."""
    return reverse("protocol", args=[at.election.id, precinct, contest])


# --- words ---


def state_words(code: str) -> State:
    """The state of a place's protocol in words (docs/formats.md, section 4)."""
    texts = {
        "received": (
            pgettext("state", "received"),
            gettext(
                "An electronic copy of the signed protocol. It counts; no higher commission has decided on it yet."
            ),
        ),
        "accepted": (
            pgettext("state", "accepted"),
            gettext("A higher commission accepted the protocol at its sitting. It counts."),
        ),
        "inconsistent": (
            pgettext("state", "received, inconsistent"),
            gettext(
                "The sums of the signed protocol do not hold. It stays outside the totals until it is corrected or a"
                " higher commission decides."
            ),
        ),
        "returned": (
            pgettext("state", "returned"),
            gettext("A higher commission returned the protocol for correction. It stays outside the totals."),
        ),
        "annulled": (
            pgettext("state", "annulled"),
            gettext(
                "A commission declared the results of this precinct invalid. They are outside the totals."
            ),
        ),
        "conflicting": (
            pgettext("state", "conflicting"),
            gettext(
                "Another protocol already stood for this place. This one is kept beside it and changes nothing."
            ),
        ),
        "replaced": (
            pgettext("state", "replaced"),
            gettext("A later version took its place. It stays visible and no longer counts."),
        ),
        "awaited": (
            pgettext("state", "awaited"),
            gettext("No protocol of this place is public yet."),
        ),
    }
    text, meaning = texts[code]
    return State(code, text, meaning)


def contest_kind(kind: str) -> str:
    """What kind of contest it is."""
    names = {
        "list": gettext("Party-list contest"),
        "single-member": gettext("Single-member contest"),
        "president": gettext("Election of the President"),
        "referendum": gettext("Referendum"),
        "council": gettext("Election of a Kengash (local council)"),
    }
    return names.get(kind, kind)


def territory_kinds(kind: str) -> str:
    """Territories of a kind, in the plural: the title of a table."""
    names = {
        "region": gettext("Regions"),
        "district": gettext("Districts and cities"),
        "city": gettext("Districts and cities"),
        "constituency": gettext("Constituencies (okrugs)"),
        "mahalla": gettext("Mahallas"),
        "abroad": gettext("Abroad"),
    }
    return names.get(kind, gettext("Territories"))


def territory_kind(kind: str) -> str:
    """What kind of territory it is."""
    names = {
        "country": gettext("Country"),
        "region": gettext("Region"),
        "district": gettext("District or city"),
        "city": gettext("District or city"),
        "constituency": gettext("Constituency (okrug)"),
        "mahalla": gettext("Mahalla"),
        "abroad": gettext("Abroad"),
    }
    return names.get(kind, gettext("Territory"))


def preliminary(final: bool) -> State:
    """Whether a result is preliminary or final."""
    if final:
        return State("final", pgettext("result", "final"), gettext("Certified by the commission."))
    return State(
        "preliminary",
        pgettext("result", "preliminary"),
        gettext("Not certified yet: it can still change."),
    )


def name_of(place: Place) -> str:
    """A territory's name."""
    return in_language(place.names, place.code)


def way_down(at: Snapshot, place: Place) -> list[Link]:
    """Links from the election to a territory: its parents below the country, then itself."""
    return [Link(name_of(one), territory_url(at, one.code)) for one in places(at.tables).way(place)]
