"""What an entry of the log says, for people: what was done in a sentence, its members by name and value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, gettext_lazy, pgettext

from esaylov.acts.catalogue import catalogue
from esaylov.acts.context import STANDING_ZONE
from esaylov.design.words import date_text, in_language
from esaylov.formation.words import ground_text, proposer_text
from esaylov.proceedings.pages.common import state_text
from esaylov.publication.pages.common import name_of
from esaylov.publication.pages.contests import title_of
from esaylov.publication.pages.precincts import every_contest, precinct_in_full
from esaylov.publication.portal.bodies import SYSTEM, body_names
from esaylov.publication.portal.calendar import day_and_time, day_of_end
from esaylov.publication.portal.commissions import tier_name
from esaylov.publication.portal.reads import located
from esaylov.publication.reads import places
from esaylov.registry.words import role_name
from esaylov.results.queries import Snapshot

NOTHING = "–"
ORDER_WORDS = {
    "elections.move_step": gettext_lazy("The dates of a step of the calendar are moved"),
    "elections.call_election": gettext_lazy("The election is called"),
    "registry.form_commission": gettext_lazy("A commission is formed"),
    "registry.change_composition": gettext_lazy("The composition of a commission is changed"),
    "results.accept_protocol": gettext_lazy("A protocol is accepted"),
    "results.return_protocol": gettext_lazy("A protocol is returned for correction"),
    "results.annul_precinct": gettext_lazy("The results of a precinct are declared invalid"),
    "results.record_lot": gettext_lazy("A lot is recorded"),
    "results.supply_determination": gettext_lazy("An outcome is supplied where the law is silent"),
    "results.certify": gettext_lazy("A result is certified"),
    "proceedings.decide_application": gettext_lazy("An application is decided"),
}
"""Acts that a decision may order, in words."""
HEADLINES = {
    "elections.load_package": gettext_lazy("The tables and the law of the election were recorded."),
    "elections.call_election": gettext_lazy("The election was called."),
    "elections.move_step": gettext_lazy(
        "The Central Election Commission moved dates of the calendar by decision."
    ),
    "results.publish_roster": gettext_lazy("The list of all protocols that must arrive was recorded."),
    "polling.report_turnout": gettext_lazy("A precinct reported its turnout."),
    "results.submit_protocol": gettext_lazy("A precinct's signed protocol was recorded."),
    "results.correct_protocol": gettext_lazy("A corrected version of a precinct's protocol was recorded."),
    "results.accept_protocol": gettext_lazy("A higher commission accepted a protocol."),
    "results.return_protocol": gettext_lazy("A higher commission returned a protocol for correction."),
    "results.annul_precinct": gettext_lazy("The results of a precinct were declared invalid."),
    "results.record_lot": gettext_lazy("A lot was drawn."),
    "results.supply_determination": gettext_lazy("A commission decided where the law leaves a result open."),
    "results.certify": gettext_lazy("A commission certified the result of a contest."),
    "log.sealed": gettext_lazy("A sealed record. What it holds is not public yet."),
    "log.open": gettext_lazy("A sealed record was opened."),
    "log.journal_head": gettext_lazy("The state of the platform's journal of all acts was recorded."),
    "publication.publish": gettext_lazy("The open data was published."),
    "registry.enrol_central_commission": gettext_lazy("The members are entered."),
    "registry.form_commission": ORDER_WORDS["registry.form_commission"],
    "registry.change_composition": ORDER_WORDS["registry.change_composition"],
    "registry.import_members": gettext_lazy("The members are entered."),
    "registry.register_organisation": gettext_lazy("An organisation was entered."),
    "registry.grant_mandate": gettext_lazy("The mandate is given."),
    "registry.end_mandate": gettext_lazy("The mandate has ended."),
    "formation.leave_by_law": gettext_lazy("The mandate has ended."),
    "formation.name_kengash": gettext_lazy("The Kengash of a territory was named."),
    "formation.record_discussion": gettext_lazy("Discussion of those who were proposed"),
    "formation.discuss_proposals": gettext_lazy("Discussion of those who were proposed"),
    "proceedings.open_session": gettext_lazy("A session was opened."),
    "proceedings.record_attendance": gettext_lazy("The attendance is recorded."),
    "proceedings.close_session": gettext_lazy("The session is closed; its minutes are fixed by their hash."),
    "proceedings.state_dissent": gettext_lazy("Dissent in writing"),
    "voters.propose_changeset": gettext_lazy("Changes to the voter list were proposed."),
    "voters.approve_changeset": gettext_lazy("Changes to the voter list were approved by a second person."),
    "voters.apply_changeset": gettext_lazy("The approved changes went into the voter list."),
    "voters.discard_changeset": gettext_lazy("Proposed changes to the voter list were given up."),
    "voters.propose_pair_decision": gettext_lazy(
        "It was proposed whether two entries of the voter list are one person."
    ),
    "voters.approve_pair_decision": gettext_lazy(
        "A second person decided whether two entries of the voter list are one."
    ),
    "voters.freeze_lists": gettext_lazy(
        "Voter lists were frozen: from here on they grow by numbered entries only."
    ),
    "voters.add_supplement": gettext_lazy(
        "A voter who was missing was entered into a precinct's supplement."
    ),
    "voters.mark_voter": gettext_lazy(
        "A voter was marked as having voted early, at home or elsewhere: where, how and who is not told."
    ),
    "voters.tell_removal": gettext_lazy("Voters were told that they are to be removed from the list."),
    "voters.check_household": gettext_lazy(
        "A house was visited from door to door: what was found there is not published."
    ),
    "voters.record_round": gettext_lazy(
        "A precinct's visits from door to door on one day: what was found is not published."
    ),
    "voters.set_rules": gettext_lazy("It was decided which houses belong to precincts."),
    "voters.receive_request": gettext_lazy("A voter's request was received: nobody is named here."),
    "voters.decide_request": gettext_lazy("A commission decided a voter's request."),
    "voters.withdraw_request": gettext_lazy("A voter took a request back."),
}
"""What was done, in a sentence, by act; acts whose sentence hangs on their members stand in `headline`."""

FIGURES = ("elections.", "polling.", "results.", "log.", "publication.")
"""Acts of these rooms touch figures, or stand for the state of all of them."""
COMMON = frozenset({"act", "at", "body", "edition", "election", "v", "simulated", "replay"})
TABLED = frozenset({"lines", "votes", "voters"})
"""Members of protocols and reports that stand in a table of their own."""
ESSENTIAL = (
    "step", "opens", "closes", "commission", "added", "removed", "members", "precinct", "contest", "drawn", "outcome",
    "number", "state", "date",
)  # fmt: skip
"""What tells an ordered act from others of its kind, in this order."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an entry. `exact`: its name is the format's own (docs/formats.md), its value as it was recorded."""

    name: str
    value: str
    exact: bool = False

    @property
    def unspaced(self) -> bool:
        """Whether a line has to break within it: hashes, and values of the format's own."""
        return self.exact or _is_hash(self.value)


def order_text(code: str) -> str:
    """An ordered act in words."""
    if code in ORDER_WORDS:
        return str(ORDER_WORDS[code])
    return next((listed.summary for listed in catalogue() if listed.code == code), code)


def touches_figures(act: str) -> bool:
    """Whether an act has to do with figures of an election."""
    return act.startswith(FIGURES)


def headline(said: Mapping[str, Any]) -> str:
    """What an entry records, in a sentence."""
    act = said["act"]
    if act == "proceedings.adopt_decision":
        if said["number"] is None:
            return gettext("The vote is recorded; no decision comes of it, and nothing is ordered.")
        return gettext("Decision No. %(number)s is adopted.") % {"number": said["number"]}
    if act == "proceedings.send_letter":
        number = {"number": said["number"], "year": said["year"]}
        if said["circular"]:
            return gettext("Circular %(number)s") % {"number": f"{said['number']}/{said['year']}"}
        return gettext("Letter %(number)s/%(year)s") % number
    if act.startswith("proceedings.") and "kind" in said:
        named = gettext("Application No. %(number)s") % {"number": said["number"]}
        return f"{named}: {state_text(said.get('state', 'submitted'))}"
    return str(HEADLINES[act]) if act in HEADLINES else order_text(act)


def precinct_names(at: Snapshot, codes: Iterable[str]) -> Callable[[str], str]:
    """The names of precincts with territory and code, asked for together; a code that the election lacks stands for itself."""
    known = located(at, codes)
    return lambda code: precinct_in_full(at, code, *known[code]) if code in known else code


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts members of one entry in words: `at` is its election, None outside of elections; `names` those of precincts,
    where several entries are told together.
    """

    said: Mapping[str, Any]
    at: Snapshot | None
    names: Callable[[str], str] | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are told."""
        return self.at.zone if self.at else STANDING_ZONE

    def members(self, skipped: frozenset[str] = frozenset()) -> Iterator[Member]:
        """Who acted, and all members but those that every entry has, those that stand elsewhere, and `skipped`."""
        labels = _labels(self.said["act"])
        if "body" in self.said:
            yield Member(gettext("Body"), self.body(self.said["body"]))
        for name, value in self.said.items():
            if name in COMMON or name in skipped or (name == "year" and "session" in self.said):
                continue
            if name in labels:
                yield Member(labels[name], self.value(name, value))
            else:
                yield Member(name, _plain(value), exact=True)

    def essential(self) -> Iterator[Member]:
        """What tells the entry from others of its act."""
        labels = _labels(self.said["act"])
        for name in ESSENTIAL:
            if name in self.said:
                yield Member(labels[name], self.value(name, self.said[name]))

    def value(self, name: str, value: Any) -> str:
        """A member's value in words."""
        if value is None and name == "contest" and self.said.get("precinct"):
            return every_contest()
        if value is None:
            return {"opens": gettext("no beginning"), "closes": gettext("no end")}.get(name, NOTHING)
        if name in VALUES:
            return VALUES[name](self, value)
        return _plain(value)

    def commission(self, code: str) -> str:
        """A commission by name and code."""
        if self.at is None:
            name = gettext("Central Election Commission") if code == "cec" else code
        else:
            name = body_names(self.at, [code])(code)
        return name if code in (name, "cec") else f"{name} ({code})"

    def body(self, code: str) -> str:
        """Who acted: a commission, the platform, or somebody who is neither, by kind and code as recorded."""
        unnamed = {"pec": gettext("A precinct commission"), "commission": gettext("A commission")}
        return gettext("The platform") if code == SYSTEM else unnamed.get(code) or self.commission(code)

    def step(self, code: str) -> str:
        """A step of the calendar by its title."""
        calendar = self.at.tables.edition.calendar if self.at else None
        return in_language(calendar.steps[code].title, code) if calendar and code in calendar.steps else code

    def place(self, code: str) -> str:
        """A territory by its name."""
        found = places(self.at.tables).by_code.get(code) if self.at else None
        return name_of(found) if found else code

    def precinct(self, code: str) -> str:
        """A precinct by its number, territory and code."""
        if self.at is None:
            return code
        return (self.names or precinct_names(self.at, [code]))(code)

    def contest(self, code: str) -> str:
        """A contest by its title."""
        found = self.at.contest(code) if self.at else None
        return title_of(found) if found else code

    def time(self, text: str) -> datetime:
        """A time in the zone of the election."""
        return datetime.fromisoformat(text).astimezone(self.zone)

    def session(self, number: int) -> str:
        """A session: they are counted in each year."""
        return f"{number} / {self.said['year']}" if "year" in self.said else str(number)


VALUES: dict[str, Callable[[Teller, Any], str]] = {
    "commission": Teller.commission,
    "of": Teller.commission,
    "to": lambda teller, code: teller.commission(code) if len(code) < 64 else code,
    "step": Teller.step,
    "territory": Teller.place,
    "precinct": Teller.precinct,
    "contest": Teller.contest,
    "session": Teller.session,
    "opens": lambda teller, text: day_and_time(teller.time(text)),
    "closes": lambda teller, text: day_of_end(teller.time(text)),
    "until": lambda teller, text: day_of_end(teller.time(text)),
    "day": lambda _teller, text: date_text(date.fromisoformat(text)),
    "role": lambda _teller, role: role_name(role),
    "ground": lambda _teller, ground: ground_text(ground),
    "state": lambda teller, state: (
        state_text(state) if teller.said["act"].startswith("proceedings.") else state
    ),
    "roles": lambda _teller, counts: _counts(counts, role_name),
    "tiers": lambda _teller, counts: _counts(counts, tier_name),
    "proposers": lambda _teller, counts: _counts(counts, proposer_text),
    "orders": lambda _teller, counts: _counts(counts, order_text),
    "votes": lambda _teller, counts: _counts(counts, _choice),
}


def _is_hash(value: str) -> bool:
    return len(value) == 64 and " " not in value


def _choice(code: str) -> str:
    texts = {
        "for": pgettext("vote", "For"), "against": pgettext("vote", "Against"),
        "abstain": pgettext("vote", "Abstained"),
    }  # fmt: skip
    return texts.get(code, code)


def _counts(counts: Mapping[str, int], name: Callable[[str], str]) -> str:
    return "; ".join(f"{name(code)}: {number}" for code, number in counts.items()) or NOTHING


def _plain(value: Any) -> str:
    """A value of any form in a line."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items()) or NOTHING
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value) or NOTHING
    return str(value)


def _labels(act: str) -> dict[str, str]:
    """Names of members in words; what is not here keeps the name of the format."""
    common = {
        "commission": gettext("Commission"), "of": gettext("Commission"), "decision": gettext("Decision"),
        "number": gettext("Number"), "role": gettext("Role"), "ground": gettext("Ground"),
        "added": gettext("Members added"), "removed": gettext("Members removed"), "members": gettext("Members"),
        "roles": gettext("Role"), "proposers": gettext("Who proposed the members"), "tiers": gettext("Commissions by kind"),
        "territory": gettext("Territory"), "minutes": gettext("Minutes"), "day": gettext("Day of the discussion"),
        "present": gettext("Members present"), "needed": gettext("Needed"), "proposed": gettext("Proposed"),
        "supported": gettext("Supported"), "session": gettext("Session"), "items": gettext("Items"),
        "agenda": gettext("Agenda"), "articles": gettext("Articles considered"), "orders": gettext("What it orders"),
        "decisions": gettext("Decisions"), "rejected": gettext("not carried"), "state": gettext("State"),
        "to": pgettext("letter", "To"), "until": gettext("Answer by"), "reason": gettext("Reason"),
        "article": gettext("Article"), "recipients": gettext("Recipients"), "organisation": gettext("Organisation"),
        "step": gettext("Step"), "opens": gettext("Opens"), "closes": gettext("Closes"), "precinct": gettext("Precinct"),
        "contest": gettext("Contest"), "drawn": gettext("Drawn"), "outcome": gettext("Outcome"),
        "date": gettext("Election day"), "kind": gettext("Kind"), "changeset": gettext("Changeset"),
        "base": gettext("Compared with the list after changeset"), "reverses": gettext("Takes back changeset"),
        "extract": gettext("Extract of the register"), "as_of": gettext("State of the register of"),
        "counts": gettext("Changes"), "voters": gettext("Voters on the list"),
        "precincts": gettext("Precincts"), "rules": gettext("Rules"), "ended": gettext("Rules taken back"),
        "mahallas": gettext("Mahallas concerned"), "table": gettext("Hash of the table"),
    }  # fmt: skip
    return common | _own(act)


def _own(act: str) -> dict[str, str]:
    """Members that mean something else in one act."""
    if act == "proceedings.adopt_decision":
        return {"votes": gettext("Votes")}
    if act == "registry.grant_mandate":
        return {"until": gettext("Last day of the mandate")}
    if act == "formation.discuss_proposals":
        return {"present": gettext("How many deputies were present")}
    return {}
