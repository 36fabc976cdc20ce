"""A contest's figures, ready to be shown: options in the order of their votes, shares that add up, who
leads or won.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext, pgettext

from esaylov.design import numbers, palette
from esaylov.design.words import in_language, language, time_text
from esaylov.elections.models import Option
from esaylov.elections.queries import ContestRow
from esaylov.law.protocol import common_places
from esaylov.publication.pages.common import Frame, State, contest_kind, contest_url, preliminary
from esaylov.results.queries import OutcomeRow, Snapshot, TotalRow


@dataclass(frozen=True, slots=True)
class Row:
    """One option: votes, their share of all ballots counted (hundredths of a per cent), seats where it has
    some. `mark` says in a word what that comes to where options are elected by name: elected, leads, in the run-off.
    """

    code: str
    name: str
    organisation: str
    votes: int
    share: int | None
    seats: int
    elected: bool
    tone: int = 0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of the places that must report are counted; `share` in hundredths of a per cent, rounded
    down. `annulled` places are decided: they are neither counted nor outstanding.
    """

    counted: int
    expected: int
    annulled: int = 0

    @property
    def share(self) -> int | None:
        """Share counted."""
        return numbers.ratio_down(self.counted, self.expected)

    @property
    def all(self) -> bool:
        """Whether nothing is outstanding."""
        return self.expected > 0 and not self.left

    @property
    def left(self) -> int:
        """Places that may still come to count."""
        return self.expected - self.counted - self.annulled


def together(parts: Iterable[Counted]) -> Counted:
    """The places of several contests added up."""
    found = list(parts)
    return Counted(
        sum(one.counted for one in found), sum(one.expected for one in found), sum(one.annulled for one in found)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turnout:
    """Voters who took part of those on the lists, in the precincts that are counted."""

    participants: int
    voters: int

    @property
    def share(self) -> int | None:
        """Turnout in hundredths of a per cent."""
        return numbers.ratio(self.participants, self.voters)


@dataclass(frozen=True, slots=True)
class Figures:
    """A contest over one territory."""

    code: str
    title: str
    kind: str
    kind_words: str
    url: str
    seats: int
    counted: Counted
    turnout: Turnout
    rows: tuple[Row, ...]
    votes: int
    invalid: int
    invalid_share: int | None
    ballots: int
    state: State
    determination: dict[str, Any] | None

    @property
    def leader(self) -> Row | None:
        """The option with most votes, None before the first vote."""
        return self.rows[0] if self.rows and self.rows[0].votes else None

    @property
    def margin(self) -> int | None:
        """Votes between the first and the second."""
        return self.rows[0].votes - self.rows[1].votes if len(self.rows) > 1 and self.leader else None

    @property
    def lead(self) -> int | None:
        """The margin in hundredths of a per cent of all ballots."""
        return None if self.margin is None else numbers.ratio(self.margin, self.ballots)

    @property
    def tie(self) -> bool:
        """Whether the first two have equal votes and no lot has put one before the other."""
        return self.margin == 0 and not self.rows[0].elected

    @property
    def second(self) -> Row | None:
        """The option with the second most votes, None before the first vote."""
        return self.rows[1] if len(self.rows) > 1 and self.leader else None

    @property
    def seated(self) -> bool:
        """Whether seats are given to options here: not in a question, nor in a part of the contest's
        territory.
        """
        return self.determination is not None and self.seats > 0

    @property
    def by_list(self) -> bool:
        """Whether options share seats here: then their number says more than a word."""
        return self.seated and self.kind == "list"

    @property
    def marked(self) -> bool:
        """Whether any option has a mark."""
        return any(row.mark for row in self.rows)

    @property
    def final(self) -> bool:
        """Whether the result is certified."""
        return self.state.code == "final"

    @property
    def any(self) -> bool:
        """Whether anything is counted."""
        return self.counted.counted > 0


def title_of(contest: ContestRow) -> str:
    """A contest's title."""
    return in_language(contest.titles, contest.code)


def list_names(at: Snapshot) -> dict[str, str]:
    """Names of the lists of list contests by id: candidates name theirs as their organisation."""
    return {
        option.code: in_language(option.names, option.code)
        for contest in at.tables.contests.values()
        if contest.kind == "list"
        for option in contest.options
    }


def organisations(at: Snapshot, contest: ContestRow) -> Callable[[Option], str]:
    """What names the organisation of a candidate; a list is its own and needs none."""
    if contest.kind == "list":
        return lambda _option: ""
    lists = list_names(at)
    return lambda option: lists.get(option.organisation, option.organisation)


def tones(at: Snapshot, contest: ContestRow) -> Callable[[Option], int]:
    """What gives an option its tone (1 to 12, 0 for none): a list has that of its place on the ballot, a candidate
    that of the list that nominated. Where the election knows no lists, the place on the contest's own ballot.
    """
    lists = next((one for one in at.tables.contests.values() if one.kind == "list"), contest)
    ordered = sorted(lists.options, key=lambda option: option.ballot_order)
    known = palette.assign(option.code for option in ordered)
    if lists.kind != "list" or contest.kind == "list":
        return lambda option: known.get(option.code, palette.NO_LIST)
    return lambda option: known.get(option.organisation, palette.NO_LIST)


def figures(
    at: Snapshot, contest: ContestRow, total: TotalRow | None, outcome: OutcomeRow | None = None
) -> Figures:
    """A contest's figures over the territory of `total`; seats and who is elected need its `outcome`."""
    lines = total.lines if total else (0,) * len(at.tables.edition.lines)
    votes = total.votes if total else (0,) * len(contest.options)
    found = outcome.determination if outcome is not None and total is not None and total.counted else None
    invalid = common(at, "invalid", lines)
    shares = numbers.shares([*votes, invalid])
    counted = Counted(total.counted, total.expected, total.annulled) if total else Counted(0, 0)
    state = preliminary(bool(outcome and outcome.final))
    return Figures(
        code=contest.code,
        title=title_of(contest),
        kind=contest.kind,
        kind_words=contest_kind(contest.kind),
        url=contest_url(at, contest.code),
        seats=contest.seats,
        counted=counted,
        turnout=Turnout(common(at, "ballots_in_boxes", lines), common(at, "voters_on_list", lines)),
        rows=_rows(at, contest, votes, shares, found, final=state.code == "final", complete=counted.all),
        votes=sum(votes),
        invalid=invalid,
        invalid_share=shares[-1],
        ballots=sum(votes) + invalid,
        state=state,
        determination=found,
    )


def common(at: Snapshot, name: str, lines: Sequence[int]) -> int:
    """A figure that every protocol has, from the lines of the edition's form."""
    return sum(lines[place] for place in common_places(at.tables.edition, name))


def _rows(
    at: Snapshot,
    contest: ContestRow,
    votes: Sequence[int],
    shares: Sequence[int | None],
    found: dict[str, Any] | None,
    *,
    final: bool,
    complete: bool,
) -> tuple[Row, ...]:
    seats: dict[str, int] = found["seats"] if found else {}
    elected: list[str] = found["elected"] if found else []
    organisation, tone = organisations(at, contest), tones(at, contest)
    marks = _marks(contest.kind, found, final=final, complete=complete) if found else {}
    rows = [
        Row(
            code=option.code,
            name=in_language(option.names, option.code),
            organisation=organisation(option),
            votes=votes[option.position],
            share=shares[option.position],
            seats=seats.get(option.code, 0),
            elected=option.code in elected,
            tone=tone(option),
            mark=marks.get(option.code, ""),
        )
        for option in sorted(contest.options, key=_by_votes(votes, elected))
    ]
    return tuple(rows)


def _marks(kind: str, found: dict[str, Any], *, final: bool, complete: bool) -> dict[str, str]:
    """A word for every option that is elected, goes into a run-off or waits for a lot; of lists their seats say it, of a
    question whether it is adopted. Nobody is elected before the result is certified.
    """
    if kind == "list" or (kind == "referendum" and not final):
        return {}
    elected = pgettext("option", "elected") if final else gettext("leads")
    if kind == "referendum":
        elected = pgettext("option", "adopted")
    run_off = (
        pgettext("option", "in the run-off")
        if final or complete
        else pgettext("option", "in the run-off so far")
    )
    lot = pgettext("option", "a lot decides") if final or complete else pgettext("option", "equal so far")
    return {
        **dict.fromkeys(found["lots"]["between"] if found["lots"] else (), lot),
        **dict.fromkeys(found["passing"] or (), run_off),
        **dict.fromkeys(found["elected"], elected),
    }


def _by_votes(votes: Sequence[int], elected: Sequence[str]) -> Any:
    """Most votes first; among equals those whom a lot elected."""

    def key(option: Option) -> tuple[int, bool, int]:
        return (-votes[option.position], option.code not in elected, option.ballot_order)

    return key


def without_seats(shown: Figures) -> Figures:
    """The same figures for a part of the contest's territory, where nobody is elected."""
    rows = tuple(replace(row, seats=0, elected=False, mark="") for row in shown.rows)
    return replace(shown, rows=rows, determination=None)


# --- the answer in words ---


def answer(shown: Figures) -> str:
    """Who leads or has won, in one sentence."""
    found = shown.determination
    if found is None:
        return gettext("Nothing has been counted yet.")
    special = _special(shown, found) if shown.final or shown.counted.all else ""
    if special or shown.leader is None:
        return special or gettext("There are no votes.")
    if shown.kind == "list" and any(row.seats for row in shown.rows):
        return seats_sentence(
            [(row.name, row.seats) for row in shown.rows], shown.seats, final=shown.final
        )  # fmt: skip
    if shown.kind == "referendum":
        return _question(shown, found)
    return _elected(shown) if shown.final else _leading(shown, shown.leader)


def _leading(shown: Figures, leader: Row) -> str:
    if shown.tie:
        return gettext("No option leads here: the first two have equal votes.")
    values = {"name": leader.name, "share": numbers.percent(leader.share or 0, language())}
    return gettext("%(name)s leads with %(share)s of the ballots counted.") % values


def _elected(shown: Figures) -> str:
    """Who is elected: not always the first by votes, who may be none of the above; a council has several seats."""
    elected = [row for row in shown.rows if row.elected]
    if len(elected) != 1:
        return gettext("Elected: %(names)s.") % {"names": ", ".join(row.name for row in elected)}
    values = {"name": elected[0].name, "share": numbers.percent(elected[0].share or 0, language())}
    return gettext("%(name)s is elected with %(share)s of the ballots.") % values


def seats_sentence(rows: Sequence[tuple[str, int]], of: int, *, final: bool) -> str:
    """How many of the seats the first list has, or several that have equally many; `rows` are names and seats."""
    seats = max(own for _, own in rows)
    names = [name for name, own in rows if own == seats]
    values = {"name": names[0], "seats": seats, "all": of}
    if len(names) > 1:
        values["names"] = ", ".join(names)
        return gettext("Equal, with %(seats)d of %(all)d seats each: %(names)s.") % values
    if final:
        return gettext("%(name)s wins %(seats)d of %(all)d seats.") % values
    return gettext("%(name)s leads with %(seats)d of %(all)d seats.") % values


def _special(shown: Figures, found: dict[str, Any]) -> str:
    names = {row.code: row.name for row in shown.rows}
    match found["status"]:
        case "needs-decision":
            between = ", ".join(names.get(code, code) for code in found["lots"]["between"])
            return gettext("The votes are equal: a lot must be drawn between %(names)s.") % {"names": between}
        case "undetermined":
            return gettext("The law gives no answer: a decision of the commission must supply it.")
        case "not-valid":
            return gettext("Not valid: fewer voters took part than the law asks for.")
        case "run-off":
            between = ", ".join(names.get(code, code) for code in found["passing"] or ())
            return gettext("Nobody has the majority that the law asks for: a run-off between %(names)s.") % {
                "names": between
            }
        case "determined" if not found["elected"] and shown.kind not in ("list", "referendum"):
            return gettext("Nobody has the majority, and the law knows no run-off here.")
    return ""


def _question(shown: Figures, found: dict[str, Any]) -> str:
    yes = [row for row in shown.rows if row.code in found["elected"]] or [shown.rows[0]]
    values = {"name": yes[0].name, "share": numbers.percent(yes[0].share or 0, language())}
    if not shown.final:
        return gettext("“%(name)s” has %(share)s of the ballots counted.") % values
    if found["elected"]:
        return gettext("Adopted: “%(name)s” has %(share)s of the ballots.") % values
    return gettext("Not adopted: “%(name)s” has %(share)s of the ballots.") % values


def answer_here(shown: Figures) -> str:
    """Who leads in a part of a contest's territory, where nobody is elected."""
    if shown.leader is None:
        return gettext("There are no votes.") if shown.any else gettext("Nothing has been counted here yet.")
    values = {"name": shown.leader.name, "share": numbers.percent(shown.leader.share or 0, language())}
    if shown.tie:
        return gettext("No option leads here: the first two have equal votes.")
    if shown.counted.all:
        return gettext("%(name)s has most votes here: %(share)s of the ballots.") % values
    return gettext("%(name)s leads here with %(share)s of the ballots counted.") % values


def lead(page: Frame, text: str, counted: Counted, shown: Figures | None) -> str:
    """An answer with what it rests on: turnout, how much is counted, as of when."""
    if not page.as_of:
        return text
    values = {
        "counted": numbers.whole(counted.counted, language()),
        "expected": numbers.whole(counted.expected, language()),
        "time": time_text(page.as_of),
    }
    share = shown.turnout.share if shown is not None and shown.any else None
    if share is None:
        rest = gettext("%(counted)s of %(expected)s precincts are counted, as of %(time)s.")
    else:
        values["turnout"] = numbers.percent(share, language())
        rest = gettext(
            "Turnout is %(turnout)s; %(counted)s of %(expected)s precincts are counted, as of %(time)s."
        )
    return f"{text} {rest % values}"
