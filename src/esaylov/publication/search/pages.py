"""The search pages: what was found, and the way to a precinct through its territories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from esaylov.design.words import in_language
from esaylov.elections.queries import ElectionTables, tables
from esaylov.publication.pages.common import (
    Frame,
    Link,
    contest_kind,
    frame,
    name_of,
    precinct_words,
    territory_kind,
    territory_kinds,
)
from esaylov.publication.reads import Place, places
from esaylov.publication.search.queries import (
    ALL,
    OF_EACH_KIND,
    Hit,
    Query,
    precincts_in,
    search,
)
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Line:
    """One thing found: its name, where it leads, what kind of thing it is and where it lies."""

    text: str
    url: str
    kind: str
    place: str
    note: str = ""
    election: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more_url` leads to more of it."""

    title: str
    lines: tuple[Line, ...]
    total: int
    more_url: str = ""

    @property
    def shortened(self) -> bool:
        """Whether there is more than is shown."""
        return self.total > len(self.lines)


@dataclass(frozen=True, slots=True)
class Step:
    """Territories of one kind, or precincts, among which the reader goes on."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Everything on a search page. `state`: empty, short, nothing, slow or found. `within`: the territory that the search
    is kept to; `steps` lead further down.
    """

    title: str
    action: str
    query: Query
    state: str
    groups: tuple[Group, ...] = ()
    frame: Frame | None = None
    within: str = ""
    within_code: str = ""
    within_url: str = ""
    crumbs: tuple[Link, ...] = ()
    steps: tuple[Step, ...] = ()
    elections: tuple[Link, ...] = field(default=())
    simulated: bool = False
    replay: bool = False


# --- the two pages ---


def election_search(at: Snapshot, query: Query, kind: str, within: Place | None) -> SearchPage:
    """The search in one election; `within` keeps it to a territory, `kind` to one kind of things."""
    action = reverse("election-search", args=[at.election.id])
    steps = _steps(at, within, action) if not query.text else ()
    groups = _groups(query, {at.election.id: at.tables}, kind, action, within)
    return SearchPage(
        title=gettext("Search"),
        action=action,
        query=query,
        state=_state(query, groups),
        groups=groups,
        frame=frame(at, Link(gettext("Search"))),
        within=name_of(within) if within else "",
        within_code=within.code if within else "",
        within_url=reverse("territory", args=[at.election.id, within.code]) if within else "",
        crumbs=_crumbs(at, within, action),
        steps=steps,
        simulated=at.election.simulated,
        replay=at.election.replay,
    )


def site_search(query: Query, kind: str, elections: Sequence[str]) -> SearchPage:
    """The search in all elections, the latest first."""
    action = reverse("search")
    known = {election: tables(election) for election in elections}
    groups = _groups(query, known, kind, action, None)
    rows = [one.election for one in known.values()]
    return SearchPage(
        title=gettext("Search"),
        action=action,
        query=query,
        state=_state(query, groups),
        groups=groups,
        elections=tuple(
            Link(in_language(row.titles, row.id), reverse("election-search", args=[row.id])) for row in rows
        ),
        simulated=any(row.simulated for row in rows),
        replay=any(row.replay for row in rows),
    )


def slow_search(query: Query, action: str) -> SearchPage:
    """A search that took too long and was stopped."""
    return SearchPage(title=gettext("Search"), action=action, query=query, state="slow")


def _state(query: Query, groups: tuple[Group, ...]) -> str:
    if groups:
        return "found"
    if not query.text:
        return "empty"
    return "short" if query.too_short or not query.words else "nothing"


# --- what was found ---


def _groups(
    query: Query, elections: Mapping[str, ElectionTables], kind: str, action: str, within: Place | None
) -> tuple[Group, ...]:
    if not query.words or query.too_short or not elections:
        return ()
    kinds = {"kinds": [kind]} if kind else {}
    limit = ALL if kind or query.precincts else OF_EACH_KIND
    found = search(query, list(elections), place=within.id if within else None, limit=limit, **kinds)
    groups = []
    for one in found:
        parameters = {"q": query.text, "kind": one.kind, **({"in": within.code} if within else {})}
        more = f"{action}?{urlencode(parameters)}" if limit < ALL and one.total > len(one.hits) else ""
        lines = tuple(_line(hit, elections) for hit in one.hits)
        groups.append(Group(kinds_words(one.kind), lines, one.total, more))
    return tuple(groups)


def kinds_words(kind: str) -> str:
    """Things of a kind, in the plural."""
    return {
        "territory": gettext("Territories"),
        "party": gettext("Parties"),
        "candidate": gettext("Candidates"),
        "contest": gettext("Contests"),
        "precinct": gettext("Precincts"),
    }[kind]


def _line(hit: Hit, elections: Mapping[str, ElectionTables]) -> Line:
    known = elections[hit.election]
    return Line(
        text=_text(hit),
        url=_url(hit),
        kind=_kind(hit, known),
        place=_place(hit, known),
        note=_note(hit, known),
        election=in_language(known.election.titles, hit.election) if len(elections) > 1 else "",
    )


def _text(hit: Hit) -> str:
    if hit.kind == "precinct":
        return precinct_words(hit.number)
    return in_language(hit.titles, hit.code)


def _url(hit: Hit) -> str:
    if hit.kind == "candidate":
        return reverse("contest", args=[hit.election, hit.within])
    if hit.kind == "party":
        try:
            return reverse("party", args=[hit.election, hit.code])
        except NoReverseMatch:
            return reverse("contest", args=[hit.election, hit.within])
    return reverse(hit.kind, args=[hit.election, hit.code])


def _kind(hit: Hit, known: ElectionTables) -> str:
    if hit.kind == "territory":
        place = places(known).by_code.get(hit.code)
        return territory_kind(place.kind) if place else ""
    if hit.kind == "contest":
        return contest_kind(known.contests[hit.code].kind)
    return {"party": gettext("Party"), "candidate": gettext("Candidate")}.get(hit.kind, "")


def _place(hit: Hit, known: ElectionTables) -> str:
    """Where it lies, from the region down; for a candidate the contest."""
    if hit.kind == "candidate":
        contest = known.contests[hit.within]
        return in_language(contest.titles, contest.code)
    place = places(known).by_id.get(hit.territory or 0)
    return ", ".join(name_of(one) for one in places(known).way(place)) if place else ""


def _note(hit: Hit, known: ElectionTables) -> str:
    """A precinct's address; a candidate's party."""
    if hit.kind == "precinct":
        return hit.address
    if hit.kind != "candidate":
        return ""
    options = known.contests[hit.within].options
    organisation = next((option.organisation for option in options if option.code == hit.code), "")
    return _party_name(known, organisation)


def _party_name(known: ElectionTables, organisation: str) -> str:
    for contest in known.contests.values():
        for option in contest.options:
            if (
                option.kind == "party-list"
                and organisation
                and organisation in (option.organisation, option.code)
            ):
                return in_language(option.names, option.code)
    return organisation


# --- the way down to a precinct ---


def _crumbs(at: Snapshot, within: Place | None, action: str) -> tuple[Link, ...]:
    """From the whole country down to the territory at hand, each step a search of its own."""
    if within is None:
        return ()
    way = [Link(name_of(one), _within(action, one.code)) for one in places(at.tables).way(within)]
    whole = Link(gettext("Whole country"), action)
    return (whole, *way[:-1], Link(name_of(within)))


def _within(action: str, code: str) -> str:
    return f"{action}?{urlencode({'in': code})}"


def _steps(at: Snapshot, within: Place | None, action: str) -> tuple[Step, ...]:
    known = places(at.tables)
    here = within or known.by_id[at.tables.country]
    groups: dict[str, list[Link]] = {}
    for one in known.below(here.id):
        if known.precincts[one.id]:
            groups.setdefault(territory_kinds(one.kind), []).append(
                Link(name_of(one), _within(action, one.code))
            )
    steps = [Step(title, tuple(links)) for title, links in groups.items()]
    precincts = tuple(
        Link(
            ", ".join(part for part in (precinct_words(number or code), address) if part),
            reverse("precinct", args=[at.election.id, code]),
        )
        for code, number, address in precincts_in(at.election.id, here.id)
    )
    if precincts:
        steps.insert(0, Step(gettext("Precincts"), precincts))
    return tuple(steps)
