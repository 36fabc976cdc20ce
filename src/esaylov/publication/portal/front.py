"""The front page: the current election as its phase asks, the other elections below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.urls import reverse

from esaylov.design.words import in_language
from esaylov.elections.models import Election
from esaylov.elections.moves import Taken, all_moves, overrides
from esaylov.elections.queries import day_of, elections, minute_of
from esaylov.law.calendar import Override
from esaylov.law.editions import Edition, parse_edition
from esaylov.publication.charts import Chart
from esaylov.publication.pages.common import Frame, frame
from esaylov.publication.pages.contests import lead
from esaylov.publication.pages.national import Headline, headline
from esaylov.publication.pages.pictures import seats_chart, source
from esaylov.publication.portal.bars import Bar, Value, bars, share, whole
from esaylov.publication.portal.calendar import StepLine, next_steps, steps_of
from esaylov.publication.portal.parties import party_codes, party_url
from esaylov.publication.portal.phases import Phase, Progress, Times, closest, countdown, phase, times
from esaylov.publication.portal.reads import Disputed, disputed, progress
from esaylov.results.queries import Snapshot, current

STEPS = 5


@dataclass(frozen=True, slots=True)
class CurrentElection:
    """The election that the page is about, as of `now`: its answer before or after the first figure, what comes next,
    what is outstanding.
    """

    frame: Frame
    phase: Phase
    now: datetime
    countdown: str
    times: Times
    lead: str
    headline: Headline
    progress: Progress
    steps: tuple[StepLine, ...]
    outside_url: str
    search_url: str
    disputed: Disputed
    bars: tuple[Bar, ...]
    hemicycle: Chart | None

    @property
    def outside_number(self) -> int:
        """Protocols outside the totals."""
        return self.disputed.inconsistent + self.disputed.returned + self.disputed.annulled


@dataclass(frozen=True, slots=True)
class OtherElection:
    """Another election in one line."""

    title: str
    url: str
    date: datetime
    phase: Phase
    progress: Progress


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The front page. `current` is None where no election has been called."""

    current: CurrentElection | None
    others: tuple[OtherElection, ...]
    simulated: bool
    replay: bool

    @property
    def lead(self) -> str:
        """The current election in a sentence."""
        one = self.current
        if one is None:
            return ""
        return f"{one.frame.title}. {one.lead if one.phase in ('night', 'after') else one.countdown}"


def front_page(sizes: dict[str, int]) -> FrontPage:
    """The front page, inside a transaction of `reading`; `sizes` are those of all elections."""
    rows = {row.id: row for row in elections() if row.id in sizes}
    public = progress()
    moved = all_moves()
    known = {name: times_of(row, overrides(moved.get(name, {}))) for name, row in rows.items()}
    phases = {
        name: phase(minute_of(row), known[name], public.get(name, Progress())) for name, row in rows.items()
    }
    chosen = closest({name: (phases[name], row.date, _today(row)) for name, row in rows.items()})
    return FrontPage(
        current=_current(
            rows[chosen], known[chosen], phases[chosen], public.get(chosen, Progress()), moved.get(chosen, {})
        )
        if chosen
        else None,
        others=tuple(
            _other(row, phases[name], public.get(name, Progress()))
            for name, row in rows.items()
            if name != chosen
        ),
        simulated=any(row.simulated for row in rows.values()),
        replay=any(row.replay for row in rows.values()),
    )


def _today(row: Election) -> date:
    return minute_of(row).date()


def times_of(row: Election, moved: Mapping[str, Override] | None) -> Times:
    """The times that part its phases; `moved`: dates that decisions set."""
    return times(
        _edition(row.edition_toml),
        row.date,
        ZoneInfo(row.timezone),
        row.release,
        moved=moved,
        events=row.days,
    )


@lru_cache(maxsize=64)
def _edition(text: str) -> Edition:
    return parse_edition(text)


def _current(row: Election, known: Times, now_in: Phase, public: Progress, taken: Taken) -> CurrentElection:
    at: Snapshot = current(row.id)
    now, around, head = minute_of(row), frame(at), headline(at)
    seats_known = now_in in ("night", "after") and head.counted.counted > 0
    return CurrentElection(
        frame=around,
        phase=now_in,
        now=now,
        countdown=countdown(now, row.date),
        times=known,
        lead=lead(around, head.answer, head.counted, head.main),
        headline=head,
        progress=public,
        steps=next_steps(
            steps_of(at, now, taken), STEPS, ("next",) if now_in == "after" else ("now", "next"), now
        ),
        outside_url=reverse("outside", args=[row.id]),
        search_url=f"{around.url}search/",
        disputed=disputed().get(row.id, Disputed()),
        bars=_bars(at, head),
        hemicycle=seats_chart(source(around, around.url), head.table).get("seats") if seats_known else None,
    )


def _bars(at: Snapshot, head: Headline) -> tuple[Bar, ...]:
    """Seats by list, else votes of the main contest."""
    if head.table is not None:
        known = party_codes(at)
        return bars(
            Value(
                row.name,
                row.seats,
                whole(row.seats),
                row.tone,
                party_url(at, row.code) if row.code in known else "",
            )
            for row in head.table.rows
        )
    if head.main is None:
        return ()
    return bars(
        Value(row.name, row.votes, whole(row.votes), row.tone, note=share(row.share))
        for row in head.main.rows
    )


def _other(row: Election, now_in: Phase, public: Progress) -> OtherElection:
    return OtherElection(
        title=in_language(row.titles, row.id),
        url=reverse("election", args=[row.id]),
        date=day_of(row),
        phase=now_in,
        progress=public,
    )
