"""The protocols of the precinct whose secretary may sign in: what a person submits goes before what the night would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from esaylov.demo.history import PRECINCT
from esaylov.demo.rulings import ACCEPT
from esaylov.operations.loading import Event, Performer
from esaylov.results.models import Protocol, Ruling

SUBMIT = "results.submit_protocol"
CODE = PRECINCT.partition(":")[2]


class Held:
    """The precinct's acts of the night. `kept`: they are left to people altogether."""

    def __init__(self, election: str, events: Iterable[Event], *, kept: bool) -> None:
        own = [event for event in events if getattr(event.payload, "precinct", None) == CODE]
        self.election = election
        self.kept = kept
        self.submitted = {event.payload.contest: event for event in own if event.act.code == SUBMIT}
        self.accepted = {event.payload.contest: event for event in own if event.act.code == ACCEPT}

    def without(self, events: Iterable[Event]) -> list[Event]:
        """The events but for those of the precinct that people have taken over, or will."""
        return [event for event in events if not self._taken_over(event)]

    def _taken_over(self, event: Event) -> bool:
        if getattr(event.payload, "precinct", None) != CODE or event.act.code not in (SUBMIT, ACCEPT):
            return False
        stands = self._protocols(event.payload.contest)
        if event.act.code == SUBMIT:
            return self.kept or bool(stands)
        return stands[-1:] != ["received"] or not self.open([event.payload.contest])

    def open(self, contests: Sequence[str] = ()) -> list[str]:
        """Contests in which no protocol of the precinct is accepted: of those named, or of all."""
        done = Ruling.objects.filter(
            kind="accept", precinct__election=self.election, precinct__code=CODE
        ).values_list("contest__code", flat=True)
        known = set(done)
        return [contest for contest in contests or self.submitted if contest not in known]

    def _protocols(self, contest: str) -> list[str]:
        """States in which the versions of the precinct's protocol in a contest were recorded, the one that stands last."""
        found = Protocol.objects.filter(
            precinct__election=self.election, precinct__code=CODE, contest__code=contest
        )
        return list(found.exclude(state="conflicting").order_by("version").values_list("state", flat=True))

    def catch_up(self, performer: Performer) -> None:
        """Performs what the night left to people, where they have done nothing and it is no longer kept for them."""
        if self.kept:
            return
        for contest in self.open():
            if not self._protocols(contest):
                performer.perform([self.submitted[contest]])
                performer.perform([self.accepted[contest]])
