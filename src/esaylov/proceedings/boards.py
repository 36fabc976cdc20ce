"""What of proceedings the cabinet's shell shows: entries of its menu, what is due, the home page's sections, notices."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from esaylov.acts.context import STANDING, UnknownElection, get_context
from esaylov.acts.identity import IdentityError
from esaylov.acts.powers import Power
from esaylov.cabinet import due, menu, notices, sections
from esaylov.cabinet.desk import Desk
from esaylov.proceedings import described
from esaylov.proceedings.applications import OPEN
from esaylov.proceedings.models import Decision, Letter, LetterReading, LetterRecipient, Session
from esaylov.proceedings.pages.common import context_of, elections_of, local, state_tag
from esaylov.proceedings.queries import open_numbers, sent_by
from esaylov.proceedings.sittings import commission_of
from esaylov.registry.matrix import COMMISSIONS

FEW = 5


def may_sit(desk: Desk) -> bool:
    """Whether the desk sits on a commission."""
    return desk.tier in COMMISSIONS and bool(desk.role)


def may_handle(desk: Desk) -> bool:
    """Whether the desk decides applications."""
    return bool(desk.role) and desk.may(Power.HANDLE_APPLICATION)


def may_write(desk: Desk) -> bool:
    """Whether the desk has letters."""
    return desk.actor is not None


def due_applications(desk: Desk) -> Sequence[due.Due]:
    """Applications that wait for the desk's commission, by deadline."""
    actor = desk.actor
    if actor is None or not may_handle(desk):
        return ()
    commission = commission_of(actor.election or STANDING, actor.code)
    found: list[due.Due] = []
    for election in elections_of(desk) if commission else ():
        try:
            context = get_context(election)
        except (UnknownElection, IdentityError):
            continue
        now = context.now()
        assert commission is not None
        for number, until in open_numbers(context, commission.id, sorted(OPEN), now):
            text = ngettext("Answer %(n)d application", "Answer %(n)d applications", number) % {"n": number}
            local = until.astimezone(context.timezone) if until else None
            url = reverse("cabinet-applications") + ("" if election else "?outside=1")
            found.append(due.Due(text, url, local, overdue=bool(until and until <= now)))
    return found


def due_repairs(desk: Desk) -> Sequence[due.Due]:
    """One's own applications that are to be repaired; after the term the commission answers, and nothing is left to do."""
    rows = list(sent_by(desk.person, desk.actor.code if desk.actor else "").filter(state="defects")[:FEW])
    clocks = {election: context_of(election).now() for election in {row.election for row in rows}}
    return [
        due.Due(
            gettext("Repair your application %(number)s") % {"number": row.number},
            reverse("cabinet-my-application", args=[row.number]),
            local(row.election, row.until),
        )
        for row in rows
        if row.until is None or row.until > clocks[row.election]
    ]


def due_letters(desk: Desk) -> Sequence[due.Due]:
    """Letters that the desk's body has to answer, and how many others it has not read."""
    if desk.actor is None:
        return ()
    read = LetterReading.objects.filter(body=desk.actor.code, what="read").values("letter_id")
    elections = [STANDING, *elections_of(desk), *([desk.election] if desk.election else [])]
    rows = LetterRecipient.objects.filter(body=desk.actor.code, letter__election__in=elections)
    answers = _answers_wanted(desk, elections)
    # A letter that wants an answer is one thing to do: who answers it reads it.
    number = rows.exclude(letter_id__in=read).exclude(letter_id__in=[key for key, _ in answers]).count()
    text = ngettext("Read %(n)d letter", "Read %(n)d letters", number) % {"n": number}
    return [
        *([due.Due(text, reverse("cabinet-letters"))] if number else ()),
        *(line for _, line in answers),
    ]


def _answers_wanted(desk: Desk, elections: Sequence[str]) -> list[tuple[UUID, due.Due]]:
    """Letters that want an answer from the desk's body and have none, the most urgent first."""
    assert desk.actor is not None
    body = desk.actor.code
    if not desk.may(Power.SEND_LETTER):
        return []
    given = Letter.objects.filter(body=body, answers__isnull=False).values("answers_id")
    rows = Letter.objects.filter(letterrecipient__body=body, election__in=elections, reply_by__isnull=False)
    return [(row.pk, _answer_due(row)) for row in rows.exclude(pk__in=given).order_by("reply_by")[:FEW]]


def _answer_due(row: Letter) -> due.Due:
    """A letter's answer as a thing to do."""
    context = get_context(row.election)
    assert row.reply_by is not None
    return due.Due(
        gettext("Answer letter %(number)s") % {"number": f"{row.number}/{row.year}"},
        reverse("cabinet-letter", args=[row.pk]),
        row.reply_by.astimezone(context.timezone),
        overdue=context.now() > row.reply_by,
    )


def my_lines(desk: Desk) -> Sequence[sections.Line]:
    """One's own latest applications."""
    rows = sent_by(desk.person, desk.actor.code if desk.actor else "")[:FEW]
    return [
        sections.Line(
            row.number,
            reverse("cabinet-my-application", args=[row.number]),
            at=local(row.election, row.at),
            state=state_tag(row.state),
        )
        for row in rows
    ]


def decision_lines(desk: Desk) -> Sequence[sections.Line]:
    """The latest decisions of the desk's commission."""
    if desk.actor is None:
        return ()
    rows = Decision.objects.filter(
        body=desk.actor.code, election__in=elections_of(desk), number__isnull=False
    ).order_by("-journal")[:FEW]
    return [
        sections.Line(
            f"{row.number}. {row.title}",
            reverse("cabinet-session", args=[row.session_id]),
            at=local(row.election, row.at),
        )
        for row in rows
    ]


def open_session(desk: Desk) -> Sequence[due.Due]:
    """A session that is open and waits to be closed."""
    if desk.actor is None or not may_sit(desk) or not desk.may(Power.HOLD_SESSION):
        return ()
    rows = Session.objects.filter(body=desk.actor.code, election__in=elections_of(desk), closing__isnull=True)
    return [
        due.Due(
            gettext("Session %(number)s is open: close it when it ends") % {"number": row.number},
            reverse("cabinet-session", args=[row.pk]),
        )
        for row in rows
    ]


def start() -> None:
    """Makes the pages known to the shell."""
    described.describe_all()
    menu.register(menu.Item("sessions", gettext_lazy("Sessions"), "cabinet-sessions", may_sit, 39))
    menu.register(
        menu.Item("decision-drafts", gettext_lazy("Draft decisions"), "cabinet-decision-drafts", may_sit, 40)
    )
    menu.register(
        menu.Item(
            "applications", gettext_lazy("Incoming applications"), "cabinet-applications", may_handle, 41
        )
    )
    menu.register(menu.Item("letters", gettext_lazy("Letters"), "cabinet-letters", may_write, 42))
    menu.register(
        menu.Item(
            "my-applications",
            gettext_lazy("My applications"),
            "cabinet-my-applications",
            lambda _desk: True,
            80,
        )
    )
    for provider in (due_applications, due_repairs, due_letters, open_session):
        due.register(provider)
    sections.register(
        sections.Section(
            "my-applications", gettext_lazy("My applications"), my_lines, lambda _desk: True,
            "cabinet-my-applications", order=80,
        )
    )  # fmt: skip
    sections.register(
        sections.Section(
            "decisions", gettext_lazy("Decisions"), decision_lines, may_sit, "cabinet-sessions", order=40
        )
    )
    notices.register(
        "proceedings.application",
        gettext_lazy("Your application %(number)s: %(state)s"),
        gettext_lazy("There is news about your application"),
    )
    notices.register(
        "proceedings.letter",
        gettext_lazy("A letter has arrived: %(number)s"),
        gettext_lazy("A letter has arrived"),
    )
