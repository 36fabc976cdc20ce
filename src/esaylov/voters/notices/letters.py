"""The letters that a precinct's commission takes to those who are to leave its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from django.utils.translation import get_language, gettext

from esaylov.acts.context import ElectionContext
from esaylov.design.words import date_text, time_text
from esaylov.elections.models import Election
from esaylov.exchange.documents import LANGUAGES, RemovalLetter, RemovalLetters, Sheet
from esaylov.law.voters import voter_rules
from esaylov.proceedings.papers import mode_of
from esaylov.voters.lookup.answers import reasons
from esaylov.voters.notices.telling import Leaving
from esaylov.voters.persons import address_of, name_of

Record = Mapping[str, str]


def letters(
    rows: Sequence[Leaving], records: Sequence[Record], context: ElectionContext, issuer: str
) -> RemovalLetters:
    """One letter a voter, in the language at hand. Raises ValueError where there is none to write."""
    election = Election.objects.get(id=context.id)
    language = get_language() or "uz"
    mode = mode_of(simulated=context.simulated, pilot=election.pilot, replay=context.replay)
    title = election.titles.get(language) or next(iter(election.titles.values()), election.id)
    now = context.now()
    known = reasons()
    return RemovalLetters(
        sheet=Sheet(language if language in LANGUAGES else "uz", mode, issuer, now, title),
        heading=gettext("You are to be removed from the voter list"),
        texts=_texts(voter_rules(context.edition).answer_hours),
        signed=(gettext("Member of the commission"), gettext("Voter")),
        letters=tuple(
            _letter(row, record, known.get(row.reason) or known[""], title, context.timezone)
            for row, record in zip(rows, records, strict=True)
        ),
    )


def _letter(row: Leaving, record: Record, reason: str, election: str, zone: tzinfo) -> RemovalLetter:
    facts = (
        (gettext("Voter"), name_of(record)),
        (gettext("Address"), address_of(record)),
        (gettext("Reason"), reason),
        (gettext("Told from"), date_text(row.begins.astimezone(zone))),
        (gettext("Not removed before"), time_text(row.ends.astimezone(zone))),
        (gettext("Election"), election),
    )
    return RemovalLetter(tuple(fact for fact in facts if fact[1]))


def _texts(hours: int) -> tuple[str, ...]:
    return (
        gettext(
            "The list of voters is compared with the residence register. By the register your entry is to leave the list, "
            "for the reason above (Articles 27 to 29 of the Electoral Code)."
        ),
        gettext(
            "If this is wrong, object: to this commission, in person with your passport or ID card, or on the site's page "
            "“Am I on the voter list?”. You need no lawyer and pay nothing."
        ),
        gettext(
            "The commission decides within %(hours)d hours. Who objects before the time above stays on the list until it "
            "has decided."
        )
        % {"hours": hours},
        gettext(
            "If the commission refuses, ask for its answer in writing: you can take it to court (Article 30)."
        ),
    )
